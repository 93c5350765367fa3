package import TesseraJOSE

/// One method of client authentication (RFC 6749 §2.3).
///
/// It says who a request claims to be, and whether the proof holds. It admits nobody: what is asked of every client,
/// however it proves who it is, is asked by `ClientAuthentication`.
package protocol ClientAuthenticator: Sendable {
  /// The name of the method.
  var method: ClientAuthenticationMethod { get }

  /// The methods that it is, where it is more than one.
  var methods: [ClientAuthenticationMethod] { get }

  /// The one of them that a client uses by it.
  func method(of client: CachedClient) -> ClientAuthenticationMethod

  /// Whether it counts only where a request presents no other method.
  var yieldsToOthers: Bool { get }

  /// The request parameters that belong to it.
  var parameters: [ParameterName] { get }

  /// What may sign for this method, by its names in JOSE; empty for a method that signs nothing.
  var signingAlgorithms: [String] { get }

  /// Whether the request uses this method, rightly or wrongly.
  func isPresented(in request: ClientAuthenticationRequest) -> Bool

  /// Who the request claims to be: one claim for each way in which it can be read.
  ///
  /// Only called when the method is presented.
  func claims(in request: ClientAuthenticationRequest) throws(OAuthError) -> [ClientClaim]

  /// How a request is refused whose client is not admitted, with the reason for the log.
  func refusal(privateDetail: String) -> OAuthError
}

extension ClientAuthenticator {
  package var signingAlgorithms: [String] { [] }

  package var methods: [ClientAuthenticationMethod] { [method] }

  package var yieldsToOthers: Bool { false }

  package func method(of client: CachedClient) -> ClientAuthenticationMethod { method }

  package func refusal(privateDetail: String) -> OAuthError {
    OAuthError(.invalidClient, .clientAuthenticationFailed, privateDetail: privateDetail)
  }
}

/// The parts of a request that client authentication reads.
package struct ClientAuthenticationRequest: Sendable {
  /// The request.
  package let request: EndpointRequest
  /// The values of all Authorization headers.
  package let authorization: [String]
  /// The form.
  package let parameters: FormParameters
  /// The assertion in the form; nil when there is none.
  package let assertion: PresentedAssertion?

  init(_ request: EndpointRequest, _ parameters: FormParameters) {
    self.request = request
    self.parameters = parameters
    authorization = request.headers.values(.authorization)
    assertion = PresentedAssertion(parameters)
  }
}

/// Who a request claims to be, with what proves it.
package struct ClientClaim: Sendable {
  package typealias Proving = @Sendable (CachedClient, inout Exchange) throws(Interruption) -> Proof

  /// Nil for what cannot be a client ID.
  let clientID: ClientID?
  let prove: Proving

  /// `prove` says whether the proof holds for the client with this ID.
  ///
  /// For an ID that nobody has it is asked about a client that stands in for it, and has to take as long.
  package init(clientID: ClientID?, _ prove: @escaping Proving) {
    self.clientID = clientID
    self.prove = prove
  }
}

/// Whether a request comes from the client that it claims to come from.
package struct Proof: Sendable {
  enum Outcome: Sendable {
    case holds
    case fails(reason: String)
    case undecided(reason: String, @Sendable () throws(OAuthError) -> SlowProof)
  }

  let outcome: Outcome
  /// The secret or key that proves it, by its name; nil for one that has none, such as a key behind `jwks_uri`.
  private(set) var secret: String?
  /// The first moment at which what was presented proves nothing any more; nil for never.
  let expiresAt: Timestamp?

  /// It does, by a credential that expires then.
  package static func holds(until expiresAt: Timestamp? = nil, by secret: String? = nil) -> Proof {
    Proof(outcome: .holds, secret: secret, expiresAt: expiresAt)
  }

  /// It does not; the reason is for the log.
  ///
  /// What the request was compared with may have an end too, and looking at it takes as long as where it matches.
  package static func fails(_ reason: String, until expiresAt: Timestamp? = nil) -> Proof {
    Proof(outcome: .fails(reason: reason), expiresAt: expiresAt)
  }

  /// It takes long to find out, which is begun only where no other claim of the request is proven at once.
  ///
  /// The reason is for where it turns out not to.
  package static func undecided(
    _ reason: String,
    _ begin: @escaping @Sendable () throws(OAuthError) -> SlowProof
  ) -> Proof {
    Proof(outcome: .undecided(reason: reason, begin), expiresAt: nil)
  }
}

/// A proof that is being found out.
package struct SlowProof: Sendable {
  /// Whether it was begun for this request, and not for another that presents the same.
  let isNew: Bool
  /// Whether it holds, once that is known.
  let holds: @Sendable () async -> Bool
  /// The secret that proves it, by its name, once it holds; nil for another credential.
  let secret: @Sendable () -> String?

  package init(
    isNew: Bool,
    secret: @escaping @Sendable () -> String? = { nil },
    _ holds: @escaping @Sendable () async -> Bool
  ) {
    self.isNew = isNew
    self.secret = secret
    self.holds = holds
  }
}
