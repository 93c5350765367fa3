import NIOHTTP1
import TesseraCore

/// What the header fields say about the message and the connection, gathered in one pass.
struct MessageFraming {
  private(set) var contentLength: Int?
  private(set) var hasUpgrade = false
  private var hostCount = 0
  private var isHostValid = true
  private var hasTransferEncoding = false
  private var codings: [String] = []
  private var expectations: [String] = []

  init(_ headers: HTTPHeaders) {
    for (name, value) in headers {
      // The lengths differ, so that hardly any name is compared.
      switch name.utf8.count {
      case 4 where name.lowercased() == "host":
        hostCount += 1
        isHostValid = isHostValid && FieldSyntax.isHost(Array(MessageFraming.trimmed(value[...]).utf8))
      case 6 where name.lowercased() == "expect": expectations += MessageFraming.elements(value)
      case 7 where name.lowercased() == "upgrade": hasUpgrade = true
      case 14 where name.lowercased() == "content-length":
        contentLength = contentLength ?? Int(MessageFraming.trimmed(value[...]))
      case 17 where name.lowercased() == "transfer-encoding":
        hasTransferEncoding = true
        codings += MessageFraming.elements(value)
      default: break
      }
    }
  }

  /// Whether a body follows.
  var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

  /// Whether the body is in chunks, and in nothing else.
  var isChunked: Bool { codings == ["chunked"] }

  /// Whether the client waits to be told to send the body; of HTTP/1.0 nobody does (RFC 9110 §10.1.1).
  func expectsContinue(_ version: HTTPVersion) -> Bool {
    version == .http1_1 && hasBody && !expectations.isEmpty
  }

  /// Throws for what a server has to refuse, or cannot do.
  func check(_ version: HTTPVersion) throws(MessageProblem) {
    // RFC 9112 §3.2: exactly one Host field in HTTP/1.1, never two, none that is no host.
    guard isHostValid, hostCount == 1 || hostCount == 0 && version == .http1_0 else { throw .malformed }
    if hasTransferEncoding { try checkCodings(version) }
    guard version == .http1_0 || expectations.allSatisfy({ $0 == "100-continue" }) else {
      throw .unknownExpectation
    }
  }

  /// RFC 9112 §6.1, §6.3: chunks are not for HTTP/1.0, come last and once; other codings are not known here.
  private func checkCodings(_ version: HTTPVersion) throws(MessageProblem) {
    guard version == .http1_1, codings.last == "chunked", !codings.dropLast().contains("chunked") else {
      throw .malformed
    }
    guard isChunked else { throw .unknownTransferCoding }
  }

  private static func elements(_ value: String) -> [String] {
    value.split(separator: ",").map { trimmed($0).lowercased() }.filter { !$0.isEmpty }
  }

  private static func trimmed(_ value: Substring) -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = value.drop(while: isSpace)
    return start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? ""
  }
}

/// What is wrong with a message, before anybody looks at what it asks for; after each the connection is closed.
enum MessageProblem: Error, Equatable {
  case malformed
  case targetTooLong
  case headersTooLarge
  case bodyTooLarge
  case tooManyChunks
  case unknownVersion
  case unknownMethod
  case unknownTransferCoding
  case unknownExpectation
  case misdirected
  case late

  var refusal: OAuthError {
    switch self {
    case .malformed: OAuthError(.invalidRequest, .malformedHTTP)
    case .targetTooLong: OAuthError(.invalidRequest, .targetTooLong, status: 414)
    case .headersTooLarge: OAuthError(.invalidRequest, .headersTooLarge, status: 431)
    case .bodyTooLarge: OAuthError(.invalidRequest, .bodyTooLarge, status: 413)
    case .tooManyChunks: OAuthError(.invalidRequest, .tooManyChunks)
    case .unknownVersion: OAuthError(.invalidRequest, .unknownVersion, status: 505)
    case .unknownMethod: OAuthError(.invalidRequest, .unknownMethod, status: 501)
    case .unknownTransferCoding: OAuthError(.invalidRequest, .unknownTransferCoding, status: 501)
    case .unknownExpectation: OAuthError(.invalidRequest, .unknownExpectation, status: 417)
    case .misdirected: OAuthError(.invalidRequest, .misdirected, status: 421)
    case .late: OAuthError(.invalidRequest, .requestTimedOut, status: 408)
    }
  }
}
