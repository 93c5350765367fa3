extension ScriptedServer.Answer {
  /// A token in the form of RFC 6749 §5.1.
  static func token(
    _ value: String,
    type: String = "Bearer",
    expiresIn: Int = 3600,
    scope: String? = nil,
    nonce: String? = nil
  ) -> Self {
    let scope = scope.map { #","scope":"\#($0)""# } ?? ""
    return .respond(
      headers: nonce.map { [("DPoP-Nonce", $0)] } ?? [],
      body: #"{"access_token":"\#(value)","token_type":"\#(type)","expires_in":\#(expiresIn)\#(scope)}"#
    )
  }

  /// A refusal in the form of RFC 6749 §5.2.
  static func error(_ status: Int, _ name: String = "server_error", retryAfter: String? = nil) -> Self {
    .respond(
      status: status,
      headers: retryAfter.map { [("Retry-After", $0)] } ?? [],
      body: #"{"error":"\#(name)","error_description":"because"}"#
    )
  }
}
