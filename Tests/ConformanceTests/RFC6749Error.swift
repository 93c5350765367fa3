import TesseraTestSupport
import Testing

/// What an error of RFC 6749 §5.2 is.
struct RFC6749Error: Equatable {
  let status: Int
  let error: String
  let description: String

  static let missingCredentials = RFC6749Error(
    status: 401,
    error: "invalid_client",
    description: "Client credentials are missing"
  )
  static let failed = RFC6749Error(
    status: 401,
    error: "invalid_client",
    description: "Client authentication failed"
  )
  static let nobodySignsIn = RFC6749Error(
    status: 400,
    error: "unsupported_response_type",
    description: "There is no sign-in here: only the client credentials grant is supported"
  )
  static let onlyRead = invalidRequest("Method must be GET", status: 405)
  static let missingToken = invalidRequest("Missing parameter: token")

  static func invalidRequest(_ description: String, status: Int = 400) -> RFC6749Error {
    RFC6749Error(status: status, error: "invalid_request", description: description)
  }

  /// The body to the letter.
  var body: String { #"{"error":"\#(error)","error_description":"\#(description)"}"# }
}

/// The answer is this error, to the letter, and may not be cached.
func expect(
  _ response: TestResponse,
  refuses error: RFC6749Error,
  _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(response.status == error.status, comment, sourceLocation: sourceLocation)
  #expect(response.text == error.body, comment, sourceLocation: sourceLocation)
  #expect(response.header("cache-control") == "no-store", comment, sourceLocation: sourceLocation)
  #expect(response.header("pragma") == "no-cache", comment, sourceLocation: sourceLocation)
  #expect(
    (response.header("www-authenticate")?.hasPrefix("Basic ") ?? false) == (error.status == 401),
    comment,
    sourceLocation: sourceLocation
  )
}
