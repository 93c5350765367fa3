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

  /// Documents that nobody keeps, each on a line (JSON Lines).
  ///
  /// Where one cannot be written, the answer breaks off, so that nobody takes it for a whole one.
  static func lines(
    _ produce: @escaping @Sendable (_ write: ([JSONValue]) async throws -> Void) async throws -> Void
  ) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/jsonl", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        var open = writer
        try await produce { values in
          try await open.write(ByteBuffer(string: values.map { $0.text() + "\n" }.joined()))
        }
        try await open.finish(nil)
      }
    )
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
