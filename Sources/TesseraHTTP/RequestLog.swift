package import TesseraCore

/// Where it is written what became of each request: who, what, how it ended, how long it took.
///
/// Never a secret, a token, a parameter or a path that is not ours.
package protocol RequestLog: Sendable {
  /// Writes a line about a request, soon.
  func record(_ record: RequestRecord)
}

/// What became of a request.
package struct RequestRecord: Sendable {
  /// The method; one that is not a common one came from outside and may be anything.
  package let method: String
  /// The path of the endpoint.
  package let path: String
  /// The HTTP status.
  package let status: Int
  /// The client that was authenticated, or claimed to be one that exists.
  package let clientID: ClientID?
  /// Where it came from.
  package let source: SourceAddress
  /// From its first byte to its answer.
  package let microseconds: Int64
  /// What went wrong, for operators.
  package let detail: String?

  package init(
    method: String,
    path: String,
    status: Int,
    clientID: ClientID? = nil,
    source: SourceAddress,
    microseconds: Int64,
    detail: String? = nil
  ) {
    self.method = RequestRecord.known(method)
    self.path = path
    self.status = status
    self.clientID = clientID
    self.source = source
    self.microseconds = microseconds
    self.detail = detail
  }

  /// Whether it was the server that failed.
  package var isFailure: Bool { status >= 500 }

  private static func known(_ method: String) -> String {
    switch method {
    case "POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT": method
    default: "(other)"
    }
  }
}
