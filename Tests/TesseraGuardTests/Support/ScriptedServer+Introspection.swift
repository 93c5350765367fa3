extension ScriptedServer.Answer {
  /// Says that a token is valid; nil leaves a member out.
  static func active(scope: String = "item event", exp: Int64? = GuardTest.start + 3600) -> Self {
    let exp = exp.map { #","exp":\#($0)"# } ?? ""
    return .respond(
      body: #"{"active":true,"client_id":"app","token_type":"Bearer","scope":"\#(scope)"\#(exp)}"#
    )
  }

  /// Says that a token is not valid.
  static let inactive = Self.respond(body: #"{"active":false}"#)
}

extension ScriptedServer {
  /// The tokens that were asked about.
  var askedTokens: [String] { requests.compactMap { $0.form["token"] } }
}
