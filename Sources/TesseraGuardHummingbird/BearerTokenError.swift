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
    var headers = HTTPFields()
    for (name, value) in refusal.headers(realm: realm) {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    guard let body = refusal.body else { return Response(status: status, headers: headers) }
    return Response(
      status: status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: body))
    )
  }
}
