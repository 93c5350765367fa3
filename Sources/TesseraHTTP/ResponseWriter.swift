import NIOCore
import NIOHTTP1
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// Writes answers as HTTP/1.1 bytes: head and body in one buffer, so that one answer is one write.
///
/// Each event loop has its own, because what two of them refer to is counted by both.
final class ResponseWriter {
  /// The fields that never change, by their number, as they stand on the wire.
  private let fixedFields: [[UInt8]] = FixedFields.allCases.map { fixed in
    Array(fixed.fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
  }

  private var dateLine: DateText

  init(clock: WallClock) {
    dateLine = DateText(clock: clock) { "Date: \($0)\r\n" }
  }

  /// Appends an answer.
  ///
  /// To HEAD it has no body, but says how long it would be (RFC 9110 §9.3.2). `id` is what its request is called, if
  /// anybody read one. `commonFields` are those that every answer has on its connection, as they stand on the wire.
  func write(
    _ response: EndpointResponse,
    _ id: RequestID? = nil,
    commonFields: String = "",
    to buffer: inout ByteBuffer,
    closing: Bool,
    isHEAD: Bool,
    isHTTP10: Bool
  ) {
    buffer.writeStatusLine(response.status)
    buffer.writeBytes(fixedFields[response.headers.fixed.rawValue])
    for (name, value) in response.headers.others {
      buffer.writeString(name)
      buffer.writeStaticString(": ")
      buffer.writeString(value)
      buffer.writeStaticString("\r\n")
    }
    buffer.writeString(dateLine.current())
    if let id {
      buffer.writeStaticString("X-Request-Id: ")
      buffer.writeString(id.prefix)
      buffer.writeDecimal(id.number)
      buffer.writeStaticString("\r\n")
    }
    if !commonFields.isEmpty { buffer.writeString(commonFields) }
    if response.hasContentLength {
      buffer.writeStaticString("Content-Length: ")
      buffer.writeDecimal(response.body.count)
      buffer.writeStaticString("\r\n")
    }
    if closing {
      buffer.writeStaticString("Connection: close\r\n")
    } else if isHTTP10 {
      buffer.writeStaticString("Connection: keep-alive\r\n")
    }
    buffer.writeStaticString("\r\n")
    if !isHEAD { buffer.writeBytes(response.body) }
  }
}

extension EndpointResponse {
  /// Whether it says how long its body is.
  ///
  /// Of a 304 it would have to be the length of the answer it stands for, and may be left out; a 204 must not have it
  /// (RFC 9110 §8.6).
  var hasContentLength: Bool { status != 304 && status != 204 }
}

extension ByteBuffer {
  /// The status line; those of nearly all answers are at hand.
  fileprivate mutating func writeStatusLine(_ status: Int) {
    switch status {
    case 200: writeStaticString("HTTP/1.1 200 OK\r\n")
    case 304: writeStaticString("HTTP/1.1 304 Not Modified\r\n")
    case 400: writeStaticString("HTTP/1.1 400 Bad Request\r\n")
    case 401: writeStaticString("HTTP/1.1 401 Unauthorized\r\n")
    default:
      writeStaticString("HTTP/1.1 ")
      writeDecimal(status)
      writeStaticString(" ")
      writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
      writeStaticString("\r\n")
    }
  }

  fileprivate mutating func writeDecimal(_ number: Int) {
    Int64(number).withDigits { _ = writeBytes($0) }
  }
}

/// Answers that are not written yet.
struct ConnectionOutput {
  /// A buffer that grew larger is not kept for the next answer.
  private static let keptSize = 4096

  private(set) var bytes = ByteBuffer()
  private let writer: ResponseWriter
  private let commonFields: String

  init(_ writer: ResponseWriter, commonFields: String) {
    self.writer = writer
    self.commonFields = commonFields
  }

  /// How many bytes there are.
  var count: Int { bytes.readableBytes }

  mutating func append(_ response: EndpointResponse, _ id: RequestID, to head: RequestHead, isLast: Bool) {
    bytes.reserveCapacity(minimumWritableBytes: 512 + response.body.count)
    writer.write(
      response,
      id,
      commonFields: commonFields,
      to: &bytes,
      closing: isLast,
      isHEAD: head.isHEAD,
      isHTTP10: head.isHTTP10
    )
  }

  mutating func appendContinue() {
    bytes.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
  }

  /// The bytes are on their way.
  ///
  /// Written at once, as is usual, their memory is ours alone again and serves the next answer.
  mutating func wasWritten() {
    if bytes.capacity > ConnectionOutput.keptSize {
      bytes = ByteBuffer()
    } else {
      bytes.clear()
    }
  }
}
