/// A client that has proven who it is.
///
/// Only `ClientAuthentication` makes one.
package struct AuthenticatedClient: Sendable {
  /// It, as the directory has it.
  package let cached: CachedClient
  /// How it proved it.
  package let method: ClientAuthenticationMethod

  /// What is registered of it.
  package var registration: Client { cached.client }
  /// Its identifier.
  package var id: ClientID { registration.id }

  /// This error, with the client in it for the log.
  func refusal(_ error: OAuthError) -> OAuthError {
    var error = error
    error.clientID = id
    return error
  }

  fileprivate init(cached: CachedClient, method: ClientAuthenticationMethod) {
    self.cached = cached
    self.method = method
  }
}

/// Finds the one method that a request presents and lets it decide (RFC 6749 §2.3).
package struct ClientAuthentication: Sendable {
  private let authenticators: [any ClientAuthenticator]

  package init(_ authenticators: [any ClientAuthenticator]) {
    self.authenticators = authenticators
  }

  /// The methods there are.
  var methods: [ClientAuthenticationMethod] { authenticators.map(\.method) }

  /// What an endpoint with these parameters of its own knows, with those of all methods.
  func vocabulary(
    _ own: [ParameterName],
    repeatable: [ParameterName] = []
  ) -> FormRequest.Vocabulary {
    FormRequest.Vocabulary(own + authenticators.flatMap(\.parameters), repeatable: repeatable)
  }

  /// The first steps of every endpoint that takes an authenticated form: method, content type, strict
  /// parsing, authentication.
  func authenticatedForm(
    _ request: EndpointRequest,
    _ vocabulary: FormRequest.Vocabulary
  ) throws(Interruption) -> (client: AuthenticatedClient, parameters: FormParameters) {
    let form = try Interruption.refusing { () throws(OAuthError) in
      try FormRequest.parameters(of: request, vocabulary)
    }
    let client = try authenticate(
      ClientAuthenticationRequest(
        authorization: request.headers.values(.authorization),
        parameters: form,
        source: request.source
      )
    )
    return (client, form)
  }

  /// The client that the request comes from.
  ///
  /// Two methods in one request are refused (RFC 6749 §2.3).
  private func authenticate(_ request: ClientAuthenticationRequest) throws(Interruption)
    -> AuthenticatedClient
  {
    var presented: (any ClientAuthenticator)?
    for authenticator in authenticators where authenticator.isPresented(in: request) {
      guard presented == nil, request.authorization.count <= 1 else {
        throw .refused(OAuthError(.invalidRequest, .severalAuthenticationMethods))
      }
      presented = authenticator
    }
    guard let authenticator = presented else {
      // An ID without a secret is half of the credentials in the form.
      let hasID = request.parameters.has(.clientID)
      throw .refused(hasID ? OAuthError(.invalidClient, .credentialsMissing) : .noCredentials)
    }
    let client = try authenticator.authenticate(request)
    if let claimed = request.parameters.bytes(.clientID),
      ClientID(bytes: claimed) != client.client.id
    {
      throw .refused(OAuthError(.invalidRequest, .clientIDMismatch))
    }
    return AuthenticatedClient(cached: client, method: authenticator.method)
  }
}
