package import TesseraJOSE

/// A request that was refused: what is remembered of it, nothing of which is secret.
package struct Denial: Sendable {
  /// What the request is called in the log and in its answer.
  package let requestID: String
  package let time: Timestamp
  /// The path of the endpoint, which tells the dialect too.
  package let endpoint: String
  package let source: SourceAddress
  /// The trace that the request was part of.
  package let traceID: String?
  /// The HTTP status of the answer.
  package let status: Int
  package let error: OAuthError

  package init(
    requestID: String,
    time: Timestamp,
    endpoint: String,
    source: SourceAddress,
    traceID: String?,
    status: Int,
    error: OAuthError
  ) {
    self.requestID = requestID
    self.time = time
    self.endpoint = endpoint
    self.source = source
    self.traceID = traceID
    self.status = status
    self.error = error
  }

  /// The client that has proven who it is; nil where somebody only claimed to be one.
  var provenClient: ClientID? { error.code == .invalidClient ? nil : error.clientID }
}

/// The latest refused requests of a node, as far as it remembers them.
package struct RecentDenials: Sendable {
  /// The latest first.
  package let all: [Denial]
  /// What the IDs of the requests begin with that this node has answered since it started.
  package let requestPrefixes: Set<String>

  package init(_ denials: [Denial], requestPrefixes: Set<String>) {
    all = denials.sorted { ($0.time, $0.requestID) > ($1.time, $1.requestID) }
    self.requestPrefixes = requestPrefixes
  }

  /// The refused request with this ID; nil when it is not remembered.
  package func denial(of requestID: String) -> Denial? { all.first { $0.requestID == requestID } }

  /// Whether this node gave a request such an ID, remembered or not.
  package func isOfThisNode(_ requestID: String) -> Bool {
    requestPrefixes.contains { prefix in
      requestID.hasPrefix(prefix) && Int(requestID.dropFirst(prefix.count)).map { $0 > 0 } == true
    }
  }
}
