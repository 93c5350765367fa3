import TesseraJOSE
import TesseraSupport

/// A token request that nobody sends, to see what would become of it.
package struct ExplainedRequest: Sendable {
  /// The scopes that it asks for; empty for none.
  package var scopes: [Scope]
  /// The APIs that it names (RFC 8707); empty for none.
  package var resources: [Resource]
  /// Where it comes from; unknown for anywhere that the client may ask from.
  package var source: SourceAddress

  package init(scopes: [Scope], resources: [Resource], from source: SourceAddress = .unknown) {
    self.scopes = scopes
    self.resources = resources
    self.source = source
  }
}

extension Administration {
  /// What a server on this store would answer to a client with the right secret, and why.
  ///
  /// The token endpoint itself gives the answer. What a node counts is not looked at, guesses and what is used of a quota:
  /// each counts its own.
  package func explain(
    _ request: ExplainedRequest,
    of client: Client,
    settings: Replica.Settings
  ) async throws(AdministrationError) -> Explanation {
    let replica = try await replica(settings)
    let facts: ReplicaFacts
    do throws(OAuthError) {
      facts = try await Rounds.run { () throws(Interruption) in try replica.facts() }
    } catch {
      throw .unavailable(error.privateDetail ?? error.reason.description)
    }
    var steps = ExplanationSteps(about: client, facts, from: request.source.known, at: clock.now)
    steps.lookAt(request.resources)
    steps.lookAt(request.scopes, named: request.resources)
    let response = try await endpoint(for: client, replica).answer(request.posted(by: client)).response
    guard let answer = Explanation.Answer(response, facts) else {
      throw .unavailable("the token endpoint did not answer")
    }
    steps.conclude(answer, privateDetail: response.privateDetail)
    return Explanation(client: (client.id.rawValue, client.name), steps: steps.steps, answer: answer)
  }

  /// The same for a client that there is not.
  package func explainUnknownClient(_ reference: String, _ reason: String) -> Explanation {
    Explanation(ofUnknownClient: reference, reason)
  }

  /// The token endpoint of RFC 6749, for which the client has proven who it is.
  private func endpoint(
    for client: Client,
    _ replica: Replica
  ) throws(AdministrationError) -> any Endpoint {
    var settings = AuthorizationServer.Settings(
      issuer: ExplainedRequest.issuer,
      contractPath: nil,
      rfc6749Path: ExplainedRequest.path
    )
    settings.tokenLifetime = lifetime
    let server: AuthorizationServer
    do throws(PathCollision) {
      server = try AuthorizationServer(
        AuthorizationServer.Common(replica: replica, settings: settings, clock: clock),
        settings: settings
      ) { parts in
        parts.authenticators = [AssumedAuthentication(of: client)]
        parts.bindings = [AssumedBinding()]
      }
    } catch {
      throw .invalid(nil, error.description)
    }
    guard let endpoint = server.routes[ExplainedRequest.path] else {
      throw .invalid(nil, "the server has no token endpoint")
    }
    return endpoint
  }
}

extension Explanation {
  /// The same for a client that there is not.
  package init(ofUnknownClient reference: String, _ reason: String) {
    self.init(
      client: (reference, nil),
      steps: [.refused(.client, reason, "tessera client list")],
      answer: .refused(
        status: 400,
        code: OAuthError.Code.invalidClient.rawValue,
        text: PublicReason.clientAuthenticationFailed.description
      )
    )
  }
}

extension ExplainedRequest {
  /// No token of it is ever given away.
  fileprivate static let issuer = "https://explained.invalid"
  fileprivate static let path = "/oauth2/token"

  fileprivate func posted(by client: Client) -> EndpointRequest {
    var form: [(name: String, value: String)] = [
      ("grant_type", GrantType.clientCredentials.name), ("client_id", client.id.rawValue),
    ]
    if !scopes.isEmpty { form.append(("scope", scopes.map(\.name).joined(separator: " "))) }
    form += resources.map { ($0.isURI ? "resource" : "audience", $0.uri) }
    return EndpointRequest(
      method: "POST",
      path: ExplainedRequest.path,
      headers: .form,
      body: Array(FormEncoding.encode(form).utf8),
      origin: RequestOrigin(
        peer: source.known ?? client.allowedAddresses.first?.first ?? source,
        over: .tls(peerCertificate: nil)
      )
    )
  }
}

extension Explanation.Answer {
  /// What the endpoint said, with the APIs that the scopes are of; nil for what no token endpoint says.
  fileprivate init?(_ response: EndpointResponse, _ facts: ReplicaFacts) {
    guard let members = JSON(response.body)?.members else { return nil }
    if let code = members["error"]?.text {
      self = .refused(status: response.status, code: code, text: members["error_description"]?.text ?? "")
    } else if let names = members["scope"]?.text, case .number(let lifetime)? = members["expires_in"] {
      let scopes = names.split(separator: " ").compactMap { Scope(String($0)) }
      let audiences = Set(scopes.compactMap { facts.granted($0)?.resource }).sorted()
      self = .granted(scopes: scopes, audiences: audiences, lifetime: Int(lifetime))
    } else {
      return nil
    }
  }
}
