import TesseraCore

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
    }
  }
}

/// A request that was refused before it was whole.
struct RefusedMessage: Error {
  let problem: MessageProblem
  /// Its first line, if that could be read.
  let line: RequestLine?
}
