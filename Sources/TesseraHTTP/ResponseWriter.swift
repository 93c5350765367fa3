import NIOCore
import NIOHTTP1
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// Writes answers as HTTP/1.1 bytes: head and body in one buffer, so that one answer is one write.
struct ResponseWriter {
  /// The fields that never change, by their number, as they stand on the wire.
  private static let fixedFields: [[UInt8]] = FixedFields.allCases.map { fixed in
    Array(fixed.fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
  }

  private var dateLine: DateText
  /// Fields that every answer has on this connection, as they stand on the wire.
  private let commonFields: String

  init(clock: WallClock, commonFields: String = "") {
    dateLine = DateText(clock: clock) { "Date: \($0)\r\n" }
    self.commonFields = commonFields
  }

  /// Appends an answer.
  ///
  /// To HEAD it has no body, but says how long it would be (RFC 9110 §9.3.2). `id` is what its request is called, if
  /// anybody read one.
  mutating func write(
    _ response: EndpointResponse,
    _ id: RequestID? = nil,
    to buffer: inout ByteBuffer,
    closing: Bool,
    isHEAD: Bool,
    isHTTP10: Bool
  ) {
    buffer.writeStatusLine(response.status)
    buffer.writeBytes(ResponseWriter.fixedFields[response.headers.fixed.rawValue])
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

  /// A number of at most 15 digits is a text without memory of its own.
  fileprivate mutating func writeDecimal(_ number: Int) {
    writeString(String(number))
  }
}

/// Answers that are not written yet, and what became of their requests.
struct ConnectionOutput {
  /// A buffer that grew larger is not kept for the next answer.
  private static let keptSize = 4096

  private(set) var bytes = ByteBuffer()
  private var writer: ResponseWriter
  private var records: [RequestRecord] = []

  init(clock: WallClock, commonFields: String) {
    writer = ResponseWriter(clock: clock, commonFields: commonFields)
  }

  /// How many bytes there are.
  var count: Int { bytes.readableBytes }

  mutating func append(_ response: EndpointResponse, _ id: RequestID, to head: RequestHead, isLast: Bool) {
    bytes.reserveCapacity(minimumWritableBytes: 512 + response.body.count)
    writer.write(response, id, to: &bytes, closing: isLast, isHEAD: head.isHEAD, isHTTP10: head.isHTTP10)
  }

  mutating func append(_ record: RequestRecord) {
    records.append(record)
  }

  mutating func appendContinue() {
    bytes.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
  }

  /// The bytes are on their way.
  ///
  /// Written at once, as is usual, their memory is ours alone again and serves the next answer.
  mutating func wasWritten(_ log: any RequestLog) {
    if bytes.capacity > ConnectionOutput.keptSize {
      bytes = ByteBuffer()
    } else {
      bytes.clear()
    }
    for record in records { log.record(record) }
    records.removeAll(keepingCapacity: true)
  }
}
