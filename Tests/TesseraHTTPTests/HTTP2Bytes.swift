/// Frames of HTTP/2 as bytes, written without a library (RFC 9113 §4.1, §6), so that they may be wrong.
enum HTTP2Bytes {
  enum Kind: UInt8 {
    case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
  }

  static let endStream: UInt8 = 1
  static let acknowledgement: UInt8 = 1
  static let endHeaders: UInt8 = 4

  /// What a client begins with: the preface and its settings.
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings([])

  static func frame(_ kind: Kind, flags: UInt8 = 0, on stream: Int = 0, _ payload: [UInt8] = []) -> [UInt8] {
    frame(kind.rawValue, flags: flags, on: stream, payload)
  }

  static func frame(_ kind: UInt8, flags: UInt8, on stream: Int, _ payload: [UInt8]) -> [UInt8] {
    Array(number(payload.count).dropFirst()) + [kind, flags] + number(stream) + payload
  }

  /// A header block that indexes nothing (RFC 7541 §6.2.2).
  static func block(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + text($0.0) + text($0.1) }
  }

  static func headers(_ fields: [(String, String)], on stream: Int, isLast: Bool = true) -> [UInt8] {
    frame(.headers, flags: endHeaders | (isLast ? endStream : 0), on: stream, block(fields))
  }

  static func data(_ bytes: [UInt8], on stream: Int, isLast: Bool = true) -> [UInt8] {
    frame(.data, flags: isLast ? endStream : 0, on: stream, bytes)
  }

  /// A request for a path, with these fields and this body, or without one.
  static func request(
    _ method: String,
    _ path: String,
    _ fields: [(String, String)] = [],
    body: [UInt8]? = nil,
    on stream: Int
  ) -> [UInt8] {
    let head = pseudoFields(method, path) + fields
    return headers(head, on: stream, isLast: body == nil) + (body.map { whole($0, on: stream) } ?? [])
  }

  /// A body in frames of at most the size that everybody takes.
  private static func whole(_ body: [UInt8], on stream: Int) -> [UInt8] {
    let most = 16_384
    guard body.count > most else { return data(body, on: stream) }
    return data(Array(body[..<most]), on: stream, isLast: false) + whole(Array(body[most...]), on: stream)
  }

  static func pseudoFields(_ method: String, _ path: String) -> [(String, String)] {
    [(":method", method), (":scheme", "https"), (":authority", "a"), (":path", path)]
  }

  static func settings(_ settings: [(id: UInt8, value: Int)]) -> [UInt8] {
    frame(.settings, settings.flatMap { [0, $0.id] + number($0.value) })
  }

  static func windowUpdate(_ increment: Int, on stream: Int = 0) -> [UInt8] {
    frame(.windowUpdate, on: stream, number(increment))
  }

  static func reset(_ stream: Int, _ code: Int = 8) -> [UInt8] { frame(.reset, on: stream, number(code)) }

  static func ping(_ data: [UInt8] = [UInt8](repeating: 1, count: 8), isAnswer: Bool = false) -> [UInt8] {
    frame(.ping, flags: isAnswer ? acknowledgement : 0, data)
  }

  static func priority(of stream: Int, dependsOn other: Int) -> [UInt8] {
    frame(.priority, on: stream, number(other) + [15])
  }

  static func goAway() -> [UInt8] { frame(.goAway, number(0) + number(0)) }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A text that is not compressed (RFC 7541 §5.1, §5.2).
  private static func text(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var length: [UInt8] = [127]
    var rest = bytes.count - 127
    while rest >= 128 {
      length.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return length + [UInt8(rest)] + bytes
  }
}
