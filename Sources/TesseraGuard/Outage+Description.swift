extension Outage: CustomStringConvertible {
  /// Some words for a log.
  public var description: String { reason.text(source) }
}

extension Outage.Source: CustomStringConvertible {
  /// Some words for a log.
  public var description: String {
    switch self {
    case .introspectionEndpoint: "the introspection endpoint"
    case .metadata: "the metadata endpoint"
    case .keySet: "the key set"
    case .revocationFeed: "the revocation feed"
    }
  }
}

extension Outage.Reason: CustomStringConvertible {
  /// Some words for a log, as of the introspection endpoint.
  public var description: String { text(.introspectionEndpoint) }

  fileprivate func text(_ source: Outage.Source) -> String {
    switch self {
    case .unreachable: "\(source) cannot be reached"
    case .timedOut: "\(source) did not answer in time"
    case .refused(status: 401) where source == .introspectionEndpoint:
      "\(source) does not accept our client ID and secret (401)"
    case .refused(let status): "\(source) refused our request (\(status))"
    case .failed(let status): "\(source) cannot answer (\(status))"
    case .malformedAnswer where source == .introspectionEndpoint:
      "the answer is not that of an introspection endpoint"
    case .malformedAnswer: "the answer of \(source) has an unexpected form"
    case .secretUnavailable: "our client secret cannot be read"
    case .overloaded: "too many introspections are under way"
    case .cancelled: "the caller was cancelled"
    case .otherIssuer: "the metadata is that of another issuer"
    case .insecureAddress: "the metadata names an address that is neither https nor on this machine"
    case .noRevocationFeed: "the metadata names no revocation feed, and requiresRevocationFeed is set"
    case .untrustedAnswer: "the answer of \(source) is not signed by the token service for this use"
    case .untimelyAnswer: "the answer of \(source) is too old or from the future, or our clock is wrong"
    case .tooManyRevocations: "more is revoked than maximumRevocations"
    }
  }
}
