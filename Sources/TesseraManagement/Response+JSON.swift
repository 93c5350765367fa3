import HTTPTypes
import Hummingbird
import NIOCore
import TesseraCore

extension Response {
  /// A document that nobody keeps.
  static func json(
    _ value: JSONValue,
    status: HTTPResponse.Status = .ok,
    contentType: String = "application/json"
  ) -> Response {
    text(value.text() + "\n", status: status, contentType: contentType)
  }

  /// A text that nobody keeps.
  static func text(
    _ text: String,
    status: HTTPResponse.Status = .ok,
    contentType: String
  ) -> Response {
    Response(
      status: status,
      headers: [.contentType: contentType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
