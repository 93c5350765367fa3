import NIOHPACK
import NIOHTTP1
import TesseraCore

/// The head of a request in HTTP/2, as the head that it would be in HTTP/1.1 (RFC 9113 §8.3.1), so that the same rules
/// are asked of both.
///
/// NIO has checked which pseudo-header fields there are, and that names are tokens in lower case; it refuses fields that
/// are about a connection.
struct HTTP2RequestHead {
  /// What RFC 9113 §8.1.1 calls malformed: no request at all, but an error of its stream.
  struct Malformed: Error {}

  let head: HTTPRequestHead
  /// What is wrong with it all the same.
  let problem: MessageProblem?
  /// Its bytes.
  let size: Int

  init(_ fields: HPACKHeaders, limits: HTTPLimits) throws(Malformed) {
    var parts = PseudoFields()
    var headers = HTTPHeaders()
    headers.reserveCapacity(fields.count)
    var host: String?
    var lengthCount = 0
    var size = 0
    var isTooLarge = false
    for (name, value, _) in fields {
      if name.utf8.first == UInt8(ascii: ":") {
        parts.take(name, value)
        continue
      }
      guard HTTP2RequestHead.isValue(value) else { throw Malformed() }
      let fieldSize = name.utf8.count + value.utf8.count
      size += fieldSize
      isTooLarge = isTooLarge || fieldSize > limits.maximumFieldSize
      switch name {
      case "host":
        guard host == nil else { throw Malformed() }
        host = value
        continue
      case "content-length":
        lengthCount += 1
        guard lengthCount == 1, !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
          throw Malformed()
        }
      default: break
      }
      headers.add(name: name, value: value)
    }
    headers.add(name: "Host", value: try parts.host(host))
    let line = try parts.line()
    head = HTTPRequestHead(
      version: .http1_1,
      method: HTTPMethod(rawValue: parts.method),
      uri: line?.target ?? "",
      headers: headers
    )
    // It counts towards their size, as it does in HTTP/1.1.
    size += head.uri.utf8.count
    isTooLarge =
      isTooLarge || headers.count - 1 > limits.maximumHeaderCount || size > limits.maximumHeaderSize
    self.size = size
    problem = HTTP2RequestHead.problem(line, isTooLarge, limits)
  }

  private static func problem(_ line: RequestLine?, _ isTooLarge: Bool, _ limits: HTTPLimits)
    -> MessageProblem?
  {
    do throws(MessageProblem) {
      guard let line else { throw .unknownMethod }
      // HTTP/2 is spoken over TLS only, so that no proxy has to have asked for what is `https`.
      try line.checkTarget(isDirect: false, limit: limits.maximumFieldSize)
      return isTooLarge ? .headersTooLarge : nil
    } catch {
      return error
    }
  }

  /// Neither controls, nor white space around it (RFC 9113 §8.2.1, RFC 9110 §5.5).
  private static func isValue(_ value: String) -> Bool {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let bytes = value.utf8
    return !(bytes.first.map(isSpace) ?? false) && !(bytes.last.map(isSpace) ?? false)
      && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }
}

/// What the pseudo-header fields say (RFC 9113 §8.3.1).
private struct PseudoFields {
  private(set) var method = ""
  private var scheme: String?
  private var authority: String?
  private var path: String?

  mutating func take(_ name: String, _ value: String) {
    switch name {
    case ":method": method = value
    case ":scheme": scheme = value
    case ":authority": authority = value
    case ":path": path = value
    default: break
    }
  }

  /// Whom the request is for, which the field `host` may say too, or in place of `:authority`, but not otherwise.
  func host(_ host: String?) throws(HTTP2RequestHead.Malformed) -> String {
    guard let name = authority ?? host, !name.isEmpty, name.utf8.first != UInt8(ascii: ":"),
      FieldSyntax.isHost(name.utf8), host == nil || host?.lowercased() == name.lowercased()
    else { throw HTTP2RequestHead.Malformed() }
    return name
  }

  /// What is asked for; nil for CONNECT, which has neither scheme nor path.
  ///
  /// The path is one, or an asterisk for OPTIONS; nothing else can be asked of a server that is no proxy.
  func line() throws(HTTP2RequestHead.Malformed) -> RequestLine? {
    guard method != "CONNECT" else { return nil }
    guard let path, let scheme = scheme?.lowercased(), scheme == "https" || scheme == "http",
      path.utf8.first == UInt8(ascii: "/") || path == "*" && method == "OPTIONS",
      !path.utf8.contains(UInt8(ascii: "#")), let line = RequestLine(method: method, target: path)
    else { throw HTTP2RequestHead.Malformed() }
    return line
  }
}
