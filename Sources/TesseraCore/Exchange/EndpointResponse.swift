/// An endpoint's answer, and what the log should say of it.
package struct EndpointResponse: Sendable {
  /// The HTTP status code.
  package let status: Int
  /// The header fields without `Content-Length`, which the listener adds.
  package var headers: HeaderFields
  /// The body.
  package let body: [UInt8]
  /// The client that was authenticated, or that a refused request claimed to be and exists as text of
  /// `ClientID`.
  ///
  /// For the log only.
  package var clientID: ClientID?
  /// What went wrong, for operators.
  ///
  /// It has no path to the wire.
  package var privateDetail: String?
  /// What the request is counted by; nil for one that is not counted.
  package var counter: RequestCounter?
  /// What it is counted by as well, when it is beyond a quota that only logs.
  package var excessCounter: RequestCounter?
  /// Why the request was refused; nil where it was not.
  ///
  /// For operators, as the private detail is.
  package var refusal: RefusalCause?

  package init(status: Int, headers: HeaderFields, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// RFC 6749 §5.1: on every answer that may hold a token, and on errors too.
  package static let uncachedJSON = HeaderFields(.uncachedJSON)
}
