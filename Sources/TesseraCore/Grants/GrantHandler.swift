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
  ///
  /// What has to be waited for, and what is written, goes through the exchange.
  func authorize(_ request: GrantRequest, _ exchange: inout Exchange) throws(Interruption) -> AccessGrant
}

extension GrantHandler {
  package var repeatableParameters: [ParameterName] { [] }
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
  /// What the server knew then.
  package let facts: ReplicaFacts
  /// The key that the token is bound to; nil for one that is bound to none.
  package let confirmation: Confirmation?
}
