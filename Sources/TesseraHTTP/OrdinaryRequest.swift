import TesseraCore

/// Recognises the requests that nearly everybody sends, wholly received and without anything special in them, so that
/// they need no general parser.
///
/// It accepts a strict part of HTTP/1.1: POST, GET or HEAD, a target in origin form, header fields without surprises,
/// and a body of a stated length. What it does not recognise it says nothing about: NIO's decoder sees the same bytes
/// from the start, and decides. So it can be wrong in one way only, by accepting what the decoder would refuse or
/// read otherwise, and a test compares the two.
struct OrdinaryRequest {
  /// What the bytes begin with.
  enum Finding {
    /// A request of this many bytes.
    case request(CollectedRequest, length: Int)
    /// What could become one with more bytes.
    case incomplete
    /// Something for the decoder.
    case other
  }

  private let table: EndpointTable
  private let limits: HTTPLimits

  init(table: EndpointTable, limits: HTTPLimits) {
    self.table = table
    self.limits = limits
  }

  /// Looks at these bytes.
  func find(in bytes: UnsafeRawBufferPointer) -> Finding {
    var scanner = ByteScanner(bytes)
    guard let method = scanner.method() else { return scanner.isAtEnd ? .incomplete : .other }
    guard let target = scanner.target(limit: limits.maximumFieldSize) else {
      return scanner.isAtEnd ? .incomplete : .other
    }
    guard let version = scanner.literal(" HTTP/1.1\r\n") else { return .incomplete }
    guard version else { return .other }
    var fields = OrdinaryFields()
    // It counts towards their size, as it does for the decoder.
    fields.size = target.count
    while true {
      switch scanner.field(&fields, limits) {
      case .field: continue
      case .end: return request(method, target, fields, bytes, scanner)
      case .incomplete: return bytes.count < limits.maximumHeaderSize ? .incomplete : .other
      case .other: return .other
      }
    }
  }

  private func request(
    _ method: String,
    _ target: UnsafeRawBufferPointer,
    _ fields: OrdinaryFields,
    _ bytes: UnsafeRawBufferPointer,
    _ scanner: ByteScanner
  ) -> Finding {
    let length = fields.contentLength ?? 0
    guard fields.hostCount == 1, length <= limits.maximumBodySize else { return .other }
    let end = scanner.position + length
    guard end <= bytes.count else { return .incomplete }
    let mark = target.firstIndex(of: UInt8(ascii: "?"))
    let path = UnsafeRawBufferPointer(rebasing: target[..<(mark ?? target.endIndex)])
    let head = RequestHead(
      method: method,
      table.match(path: path),
      query: mark.map { String(decoding: target[($0 + 1)...], as: UTF8.self) },
      headers: fields.headers,
      isKeepAlive: true,
      isHTTP10: false
    )
    return .request(CollectedRequest(head: head, body: Array(bytes[scanner.position..<end])), length: end)
  }
}

/// What the header fields of an ordinary request say.
struct OrdinaryFields {
  var headers = RequestHeaders()
  var hostCount = 0
  var contentLength: Int?
  var count = 0
  var size = 0
}

/// Reads the head of an ordinary request byte by byte, see `OrdinaryRequest`.
struct ByteScanner {
  /// What came next among the header fields.
  enum Step {
    case field
    /// The empty line.
    case end
    case incomplete
    case other
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// Whether all bytes were read.
  var isAtEnd: Bool { position == bytes.count }

  /// `POST`, `GET` or `HEAD` and a space; nil with all bytes read when there are too few to tell.
  mutating func method() -> String? {
    guard bytes.count >= 5 else {
      position = bytes.count
      return nil
    }
    if literal("POST ") == true { return "POST" }
    if literal("GET ") == true { return "GET" }
    return literal("HEAD ") == true ? "HEAD" : nil
  }

  /// A path and perhaps a query; nil with all bytes read when its end has not come.
  mutating func target(limit: Int) -> UnsafeRawBufferPointer? {
    let start = position
    guard start < bytes.count, bytes[start] == UInt8(ascii: "/") else { return nil }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: " ") { return UnsafeRawBufferPointer(rebasing: bytes[start..<position]) }
      // A fragment is no part of a target (RFC 9112 §3.2.1).
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#"), position - start < limit else { return nil }
      position += 1
    }
    return nil
  }

  /// Whether these bytes come next, which are read then; nil when there are too few to tell.
  mutating func literal(_ text: StaticString) -> Bool? {
    let count = text.utf8CodeUnitCount
    let available = min(count, bytes.count - position)
    for index in 0..<available where bytes[position + index] != text.utf8Start[index] { return false }
    guard available == count else { return nil }
    position += count
    return true
  }

  /// The next header field (RFC 9112 §5), or the end of them.
  mutating func field(_ fields: inout OrdinaryFields, _ limits: HTTPLimits) -> Step {
    if position < bytes.count, bytes[position] == 0x0D {
      guard let end = literal("\r\n") else { return .incomplete }
      return end ? .end : .other
    }
    let start = position
    var colon = start
    while colon < bytes.count, FieldSyntax.isTokenCharacter(bytes[colon]) { colon += 1 }
    guard colon < bytes.count else { return .incomplete }
    guard bytes[colon] == UInt8(ascii: ":"), colon > start else { return .other }
    var end = colon + 1
    // Only what is visible, and spaces; whatever else may stand in a value is for the decoder.
    while end < bytes.count, bytes[end] &- 0x20 < 0x5F { end += 1 }
    guard end + 1 < bytes.count else { return .incomplete }
    guard bytes[end] == 0x0D, bytes[end + 1] == 0x0A else { return .other }
    position = end + 2
    fields.count += 1
    fields.size += end - start
    guard fields.count <= limits.maximumHeaderCount, fields.size <= limits.maximumHeaderSize,
      end - start <= limits.maximumFieldSize
    else { return .other }
    return take(name: start..<colon, value: trimmed(colon + 1..<end), &fields) ? .field : .other
  }

  private func trimmed(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, bytes[start] == 0x20 { start += 1 }
    while start < end, bytes[end - 1] == 0x20 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  /// Notes what a field says; false for one that makes the request no ordinary one.
  private func take(name range: Range<Int>, value: UnsafeRawBufferPointer, _ fields: inout OrdinaryFields)
    -> Bool
  {
    let name = UnsafeRawBufferPointer(rebasing: bytes[range])
    switch name.count {
    case 4 where name.matches(lowerCase: "host"):
      fields.hostCount += 1
      return FieldSyntax.isHost(value)
    case 14 where name.matches(lowerCase: "content-length"):
      guard fields.contentLength == nil, (1...6).contains(value.count) else { return false }
      var length = 0
      for byte in value {
        guard byte &- UInt8(ascii: "0") < 10 else { return false }
        length = length * 10 + Int(byte - UInt8(ascii: "0"))
      }
      fields.contentLength = length
    case 10 where name.matches(lowerCase: "connection"): return value.matches(lowerCase: "keep-alive")
    default: return !ByteScanner.changesReading(name) && note(name, value, &fields)
    }
    return true
  }

  /// Whether a field of this name changes how a message is read (RFC 9110 §7.6, §10.1, RFC 9112 §6).
  private static func changesReading(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 2: name.matches(lowerCase: "te")
    case 6: name.matches(lowerCase: "expect")
    case 7: name.matches(lowerCase: "upgrade") || name.matches(lowerCase: "trailer")
    case 14: name.matches(lowerCase: "http2-settings")
    case 16: name.matches(lowerCase: "proxy-connection")
    case 17: name.matches(lowerCase: "transfer-encoding")
    default: false
    }
  }

  private func note(
    _ name: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer,
    _ fields: inout OrdinaryFields
  ) -> Bool {
    guard let known = HeaderName(name) else { return true }
    fields.headers.add(known, value)
    return true
  }
}
