import NIOHTTP1
import TesseraCore

/// Follows a request through its bytes, so that the decoder is given no more than the rest of a head or of a body at a
/// time.
///
/// The decoder reads on into the next request by itself, and when it refuses one, it does not say which, nor where in
/// it. This way that is known, and so are the chunks. The decoder still decides; what is refused here is refused in
/// addition.
struct RequestSteps {
  private enum State {
    case requestLine
    case fieldLine
    case body(Int)
    case chunkSize
    case chunk(Int)
    case chunkEnd
    case trailer
    /// The decoder gets the end of the head or of the request, and has not said yet what it makes of it.
    case end
  }

  /// No more is taken at a time, so that the connection is asked now and then whether it can take more.
  private static let stride = 4096
  /// A number of more digits may not fit.
  private static let lengthDigits = 18

  private let limits: HTTPLimits
  private let isDirect: Bool
  private var state = State.requestLine
  /// The line that has begun, or the last.
  private var text: [UInt8] = []
  private var isLineComplete = false
  private var contentLengths = 0
  private var hasHugeLength = false
  private var chunks = 0
  private var framingSize = 0
  /// The first line of the request that the decoder is at, once it could be read.
  private(set) var line: RequestLine?

  init(limits: HTTPLimits, isDirect: Bool) {
    self.limits = limits
    self.isDirect = isDirect
  }

  /// How many of these bytes, of which there is at least one, to give to the decoder next.
  mutating func next(_ bytes: UnsafeRawBufferPointer) throws(MessageProblem) -> Int {
    let limit = min(bytes.count, RequestSteps.stride)
    var position = 0
    while position < limit {
      switch state {
      case .end: return position > 0 ? position : limit
      case .body(let rest):
        let count = min(limit, max(rest, 1))
        state = .body(rest - count)
        return count
      case .chunk(let rest):
        let count = min(limit - position, rest)
        position += count
        state = count == rest ? .chunkEnd : .chunk(rest - count)
      default: position = try takeLine(bytes, from: position, to: limit)
      }
    }
    return position
  }

  /// The decoder has the head of a request: what follows it.
  mutating func begin(_ framing: MessageFraming) {
    if framing.isChunked {
      state = .chunkSize
    } else if let length = framing.contentLength, length > 0 {
      state = .body(length)
    }
  }

  /// The decoder has the whole request.
  mutating func end() {
    self = RequestSteps(limits: limits, isDirect: isDirect)
  }

  /// What it means that the decoder stops here.
  func problem(_ error: any Error) -> MessageProblem {
    if error as? HTTPParserError == .headerOverflow { return line == nil ? .targetTooLong : .headersTooLarge }
    return hasHugeLength && contentLengths == 1 ? .bodyTooLarge : .malformed
  }

  // MARK: Lines

  /// Takes the rest of a line, or what there is of it, and returns where that ends.
  ///
  /// Lines end with CR and LF, and have neither of them nor NUL inside (RFC 9112 §2.2, RFC 9110 §5.5).
  private mutating func takeLine(_ bytes: UnsafeRawBufferPointer, from start: Int, to limit: Int)
    throws(MessageProblem) -> Int
  {
    if isLineComplete { text.removeAll(keepingCapacity: true) }
    isLineComplete = false
    var isAfterCR = text.last == 0x0D
    var end = start
    while end < limit, !isLineComplete {
      let byte = bytes[end]
      guard byte != 0, isAfterCR == (byte == 0x0A) else { throw .malformed }
      isAfterCR = byte == 0x0D
      isLineComplete = byte == 0x0A
      end += 1
    }
    text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    try countFraming(end - start)
    // The decoder bounds it too, in other words.
    guard text.count <= limits.maximumHeaderSize + 256 else { throw problem(HTTPParserError.headerOverflow) }
    if isLineComplete { try lineEnds(text.dropLast(2)) }
    return end
  }

  private mutating func lineEnds(_ content: ArraySlice<UInt8>) throws(MessageProblem) {
    switch state {
    case .requestLine:
      // Some clients send an empty line too many after a body (RFC 9112 §2.2).
      guard !content.isEmpty else { return }
      guard let line = RequestLine(content) else { throw .malformed }
      self.line = line
      try line.check(isDirect: isDirect, limit: limits.maximumFieldSize)
      state = .fieldLine
    case .fieldLine:
      // Neither a space before the first field nor a folded one (RFC 9112 §2.2, §5.2).
      guard content.first != 0x20, content.first != 0x09 else { throw .malformed }
      if content.isEmpty { state = .end }
      noteContentLength(content)
    case .chunkSize: try chunkBegins(content)
    case .chunkEnd: state = .chunkSize
    case .trailer: if content.isEmpty { state = .end }
    case .body, .chunk, .end: break
    }
  }

  private mutating func noteContentLength(_ content: ArraySlice<UInt8>) {
    guard content.count > 15, let colon = content.firstIndex(of: UInt8(ascii: ":")),
      content[..<colon].withUnsafeBytes({ $0.matches(lowerCase: "content-length") })
    else { return }
    contentLengths += 1
    let digits = content[colon...].dropFirst().filter { $0 != 0x20 && $0 != 0x09 }
    hasHugeLength =
      digits.count > RequestSteps.lengthDigits && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  // MARK: Chunks

  /// What follows the size is an extension (RFC 9112 §7.1.1).
  private mutating func chunkBegins(_ content: ArraySlice<UInt8>) throws(MessageProblem) {
    var size = 0
    var digits = 0
    for byte in content {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { break }
      guard size < 1 << 32 else { throw .malformed }
      size = size << 4 | digit
      digits += 1
    }
    guard digits > 0 else { throw .malformed }
    chunks += size > 0 ? 1 : 0
    guard chunks <= limits.maximumChunkCount else { throw .tooManyChunks }
    state = size > 0 ? .chunk(size) : .trailer
  }

  /// What is sent around the data of chunks.
  private mutating func countFraming(_ count: Int) throws(MessageProblem) {
    switch state {
    case .chunkSize, .chunkEnd, .trailer:
      framingSize += count
      guard framingSize <= limits.maximumChunkFraming else { throw .tooManyChunks }
    default: break
    }
  }
}

/// The first line of a request (RFC 9112 §3), checked before NIO's decoder sees it, which says less of what is wrong.
struct RequestLine {
  let method: String
  let target: String
  /// None in HTTP/0.9.
  private let version: [UInt8]?

  private static let recognised: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
  ]

  /// Reads a line without its end; nil when it is none.
  init?(_ line: some BidirectionalCollection<UInt8>) {
    let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    self.init(method: parts[0], target: parts[1], version: parts.count == 3 ? Array(parts[2]) : nil)
  }

  /// What stands for such a line in HTTP/2, which has no version in it; nil when it could not be one.
  init?(method: String, target: String) {
    self.init(method: method.utf8, target: target.utf8, version: nil)
  }

  private init?(method: some Collection<UInt8>, target: some Collection<UInt8>, version: [UInt8]?) {
    guard FieldSyntax.isToken(method), !target.isEmpty, target.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    self.method = String(decoding: method, as: UTF8.self)
    self.target = String(decoding: target, as: UTF8.self)
    self.version = version
  }

  /// Throws for what cannot be taken.
  ///
  /// `isDirect` says that no proxy of ours stands between.
  func check(isDirect: Bool, limit: Int) throws(MessageProblem) {
    try checkVersion()
    try checkTarget(isDirect: isDirect, limit: limit)
  }

  /// Throws for a method or a target that cannot be taken, in whatever version.
  func checkTarget(isDirect: Bool, limit: Int) throws(MessageProblem) {
    guard target.utf8.count <= limit else { throw .targetTooLong }
    guard RequestLine.recognised.contains(method) else { throw .unknownMethod }
    try checkForm(isDirect)
  }

  /// HTTP/1.0 and HTTP/1.1 are known (RFC 9110 §15.6.6).
  private func checkVersion() throws(MessageProblem) {
    guard let bytes = version else { throw .unknownVersion }
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), isDigit(bytes[5]),
      bytes[6] == UInt8(ascii: "."),
      isDigit(bytes[7])
    else { throw .malformed }
    guard bytes[5] == UInt8(ascii: "1"), bytes[7] <= UInt8(ascii: "1") else { throw .unknownVersion }
  }

  /// Origin form, absolute form, or for OPTIONS an asterisk (RFC 9112 §3.2); a fragment is no part of any.
  private func checkForm(_ isDirect: Bool) throws(MessageProblem) {
    guard !target.utf8.contains(UInt8(ascii: "#")) else { throw .malformed }
    if target.utf8.first == UInt8(ascii: "/") || target == "*" && method == "OPTIONS" { return }
    let isHTTPS = target.prefix(8).lowercased() == "https://"
    guard isHTTPS || target.prefix(7).lowercased() == "http://" else { throw .malformed }
    let authority = target.utf8.dropFirst(isHTTPS ? 8 : 7).prefix { !"/?".utf8.contains($0) }
    // Neither an empty host nor user information (RFC 9110 §4.2.1, §4.2.4).
    guard !authority.isEmpty, FieldSyntax.isHost(authority), authority.first != UInt8(ascii: ":") else {
      throw .malformed
    }
    // Only a proxy of ours can have been asked for it over TLS (RFC 9110 §7.4).
    guard !isHTTPS || !isDirect else { throw .misdirected }
  }
}
