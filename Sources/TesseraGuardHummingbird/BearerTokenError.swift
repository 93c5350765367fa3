import HTTPTypes
public import Hummingbird
public import TesseraGuard

/// A refusal of ``BearerTokenMiddleware``; a middleware before it can catch it and answer otherwise.
public struct BearerTokenError: HTTPResponseError {
  /// Why the request was refused.
  public let refusal: BearerRefusal
  /// What the API calls itself.
  public let realm: String

  /// The HTTP status.
  public var status: HTTPResponse.Status { HTTPResponse.Status(code: refusal.status) }

  /// The answer: a challenge (RFC 6750 §3), and JSON with the error code when there is one.
  public func response(from request: Request, context: some RequestContext) -> Response {
    Response(status: status, headers: refusal.headers(realm: realm), body: refusal.body)
  }
}

extension Response {
  /// The answer to a request that was refused.
  init(status: HTTPResponse.Status, headers: [(name: String, value: String)], body: String?) {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    if let body {
      self.init(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    } else {
      self.init(status: status, headers: fields)
    }
  }
}
