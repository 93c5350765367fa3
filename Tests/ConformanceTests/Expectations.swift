import TesseraTestSupport
import Testing

/// An error at both token endpoints: what the five members are at that of the contract, and what the standard has.
struct ContractError: Equatable {
  let status: Int
  let name: String
  let reason: String
  /// At the standard door, where it differs.
  var standardStatus: Int?

  /// How the contract reads the names out.
  private static let titles = [
    "invalid_client": "Invalid client",
    "invalid_dpop_proof": "Invalid DPoP proof",
    "invalid_grant": "Invalid grant",
    "invalid_request": "Invalid request",
    "invalid_scope": "Invalid scope",
    "invalid_target": "Invalid target",
    "server_error": "Server error",
    "slow_down": "Too many requests",
    "temporarily_unavailable": "Temporarily unavailable",
    "unauthorized_client": "Unauthorized client",
    "unsupported_grant_type": "Unsupported grant type",
    "use_dpop_nonce": "Use DPoP nonce",
  ]

  /// Neither in the header nor in the form, for which the standard has a challenge.
  static let noCredentials = ContractError(
    status: 400,
    name: "invalid_client",
    reason: "Client credentials are missing",
    standardStatus: 401
  )
  /// Half of them in the form.
  static let missingCredentials = ContractError(
    status: 400,
    name: "invalid_client",
    reason: "Client credentials are missing"
  )
  static let failedInBody = ContractError(
    status: 400,
    name: "invalid_client",
    reason: "Client authentication failed"
  )
  static let failedInHeader = ContractError(
    status: 401,
    name: "invalid_client",
    reason: "Client authentication failed"
  )
  static let invalidScope = ContractError(
    status: 400,
    name: "invalid_scope",
    reason: "Requested scope is invalid"
  )
  static let missingScope = ContractError(
    status: 400,
    name: "invalid_scope",
    reason: "Missing parameter: scope"
  )
  static let severalMethods = invalidRequest("More than one client authentication method")
  static let malformedBody = invalidRequest("Malformed request body")
  static let notFormEncoded = invalidRequest("Content-Type must be application/x-www-form-urlencoded")
  static let otherCharset = invalidRequest("The charset of the form must be UTF-8")
  static let wrongMethod = invalidRequest("Method must be POST", status: 405)

  static func invalidRequest(_ reason: String, status: Int = 400) -> ContractError {
    ContractError(status: status, name: "invalid_request", reason: reason)
  }

  /// The same at the standard door.
  var standard: RFC6749Error {
    RFC6749Error(status: standardStatus ?? status, error: name, description: reason)
  }

  /// The body to the letter, at the door in use.
  var body: String {
    guard Door.current == .contract else { return standard.body }
    let message = "\(ContractError.titles[name, default: ""]): \(reason)"
    return
      #"{"statusCode":\#(status),"status":\#(status),"code":\#(status),"message":"\#(message)","name":"\#(name)"}"#
  }
}

/// The answer is this error, to the letter, and may not be cached.
func expect(
  _ response: TestResponse,
  is error: ContractError,
  _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard Door.current == .contract else {
    expect(response, refuses: error.standard, comment, sourceLocation: sourceLocation)
    return
  }
  #expect(response.status == error.status, comment, sourceLocation: sourceLocation)
  #expect(response.text == error.body, comment, sourceLocation: sourceLocation)
  #expect(response.header("cache-control") == "no-store", comment, sourceLocation: sourceLocation)
  #expect(response.header("pragma") == "no-cache", comment, sourceLocation: sourceLocation)
}

/// The answer grants exactly these scopes.
func expect(
  _ response: TestResponse,
  grants scope: String,
  _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(response.status == 200, comment, sourceLocation: sourceLocation)
  let granted = scope.replacing(",", with: Door.current.scopeSeparator)
  #expect(response.member("scope") == granted, comment, sourceLocation: sourceLocation)
  #expect(response.accessToken?.isEmpty == false, comment, sourceLocation: sourceLocation)
}
