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
    let match = table.match(path: path)
    let head = RequestHead(
      method: method,
      path: match.path,
      endpoint: match.endpoint,
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
