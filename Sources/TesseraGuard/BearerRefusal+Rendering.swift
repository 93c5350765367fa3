extension BearerRefusal {
  /// The header fields of the answer: the challenge, `Retry-After`, and that it is not to be stored.
  ///
  /// - Parameter realm: What the API calls itself (RFC 9110 §11.5).
  public func headers(realm: String) -> [(name: String, value: String)] {
    var headers = [(name: "Cache-Control", value: "no-store")]
    switch self {
    case .unavailable(let time):
      let seconds = time.components.seconds + (time.components.attoseconds > 0 ? 1 : 0)
      headers.append((name: "Retry-After", value: String(max(1, seconds))))
    default:
      headers.append((name: "WWW-Authenticate", value: challenge(realm: realm)))
    }
    if code != nil { headers.append((name: "Content-Type", value: "application/json")) }
    return headers
  }

  /// The body of the answer: the code and its explanation as JSON; nil when there is no code.
  public var body: String? {
    guard let code, let explanation else { return nil }
    return BearerRefusal.body(code: code, explanation: explanation, scope: requiredScope)
  }

  static func body(code: String, explanation: String, scope: String?) -> String {
    var json = #"{"error":"\#(code)","error_description":"\#(explanation)""#
    if let scope { json += #","scope":"\#(scope)""# }
    return json + "}"
  }

  /// The challenge (RFC 6750 §3).
  private func challenge(realm: String) -> String {
    BearerRefusal.challenge(
      "Bearer",
      realm: realm,
      scope: requiredScope,
      code: code,
      explanation: explanation
    )
  }

  /// A challenge of this scheme; `more` is what it has beside the usual.
  static func challenge(
    _ scheme: String,
    realm: String,
    more: String = "",
    scope: String?,
    code: String?,
    explanation: String?
  ) -> String {
    var challenge = #"\#(scheme) realm="\#(quotable(realm))"\#(more)"#
    if let scope { challenge += #", scope="\#(scope)""# }
    if let code { challenge += #", error="\#(code)""# }
    if let explanation { challenge += #", error_description="\#(explanation)""# }
    return challenge
  }

  /// The scopes that the token lacks; nil where that is not what is wrong.
  var requiredScope: String? {
    guard case .insufficientScope(let required) = self else { return nil }
    return required.filter(ScopeName.isValid).joined(separator: " ")
  }

  /// The inside of a quoted string (RFC 9110 §5.6.4).
  private static func quotable(_ text: String) -> String {
    var quotable = ""
    for scalar in text.unicodeScalars where (0x20...0x7E).contains(scalar.value) {
      if scalar == "\"" || scalar == "\\" { quotable.unicodeScalars.append("\\") }
      quotable.unicodeScalars.append(scalar)
    }
    return quotable
  }
}
