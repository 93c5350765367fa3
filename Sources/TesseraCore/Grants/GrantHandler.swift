package import TesseraJOSE

/// One grant type: decides what an authenticated client gets.
///
/// It never signs, stores or renders.
package protocol GrantHandler: Sendable {
  /// The grant it handles.
  var grantType: GrantType { get }

  /// The request parameters that belong to it.
  var parameters: [ParameterName] { get }

  /// Those of them that may be sent more than once.
  var repeatableParameters: [ParameterName] { get }

  /// What the client gets.
  func authorize(_ request: GrantRequest) throws(Interruption) -> AccessGrant
}

/// What a grant handler looks at.
package struct GrantRequest: Sendable {
  /// Who asks.
  package let client: AuthenticatedClient
  /// The form.
  package let parameters: FormParameters
  /// How scopes are written in it.
  package let dialect: any Dialect
  /// When it was asked.
  package let time: Timestamp
}
