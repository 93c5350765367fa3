/// The name of a request parameter that this server knows.
///
/// Only these names appear in error messages, so that nothing from a request ever does.
package struct ParameterName: Sendable, Equatable {
  /// The name, fixed at compile time.
  package let text: StaticString

  /// The parameter with this name.
  package init(_ text: StaticString) {
    self.text = text
  }

  package static let grantType = ParameterName("grant_type")
  package static let clientID = ParameterName("client_id")
  package static let clientSecret = ParameterName("client_secret")
  package static let clientAssertion = ParameterName("client_assertion")
  package static let clientAssertionType = ParameterName("client_assertion_type")
  package static let token = ParameterName("token")
  package static let tokenTypeHint = ParameterName("token_type_hint")
  package static let resource = ParameterName("resource")
  package static let since = ParameterName("since")
  package static let audience = ParameterName("audience")
  package static let any = ParameterName("any")
  package static let accessToken = ParameterName("access_token")
  package static let scope = ParameterName("scope")

  /// The name as text.
  package var name: String { text.description }

  package static func == (left: ParameterName, right: ParameterName) -> Bool {
    left.name == right.name
  }
}
