package import TesseraSupport

/// An answer that is there, or that has to wait.
package enum EndpointAnswer: Sendable {
  /// Everything was in memory.
  case now(EndpointResponse)
  /// Something has to be fetched or computed first.
  case later(PendingAnswer)

  /// The response, when it is there.
  package var response: EndpointResponse {
    get async {
      switch self {
      case .now(let response): response
      case .later(let pending): await pending()
      }
    }
  }
}

/// One path of the protocol: a request in, a response out.
///
/// An endpoint is a synchronous function of what is in memory, so that a listener can answer on its event
/// loop. When something is missing it throws `Interruption.awaiting`, and is asked again afterwards with the same
/// exchange, which remembers what was achieved.
package protocol Endpoint: Sendable {
  /// The exact path, such as `/oauth/token`.
  var path: String { get }

  /// The paths that it is at, for a server of this issuer.
  func paths(for issuer: IssuerIdentifier) -> [String]

  /// The member of the metadata (RFC 8414 §2) that says where it is; nil for one that is not advertised.
  var metadataMember: StaticString? { get }

  /// Whether its callers authenticate as clients.
  var authenticatesClients: Bool { get }

  /// What tells its requests the time.
  var clock: WallClock { get }

  /// The answer at once where memory has all it takes, else what to wait for.
  func answer(_ request: EndpointRequest) -> EndpointAnswer

  /// The answer, from memory.
  func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse

  /// How this endpoint says that a request is refused, by the listener too.
  func response(for error: OAuthError) -> EndpointResponse
}

extension Endpoint {
  package var metadataMember: StaticString? { nil }
  package var authenticatesClients: Bool { false }
  package var clock: WallClock { .system }

  /// At the root, and below the path of the issuer where it has one, for proxies that leave the path as it is.
  package func paths(for issuer: IssuerIdentifier) -> [String] {
    issuer.path.isEmpty ? [path] : [path, issuer.path + path]
  }

  /// By `respond(to:)`, as often as something has to be fetched first.
  package func answer(_ request: EndpointRequest) -> EndpointAnswer {
    var exchange = Exchange(request, at: clock.now)
    do throws(Interruption) {
      return .now(try respond(to: &exchange))
    } catch {
      switch error {
      case .refused(let refusal): return .now(response(for: refusal))
      case .awaiting(let what, let work):
        return .later(PendingAnswer(self, exchange, awaiting: what, work))
      }
    }
  }
}
