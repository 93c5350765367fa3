import GRDB
import TesseraCore
import TesseraJOSE

extension Client {
  /// The client of a row of `clients` with these secrets.
  init(row: Row, secrets: [StoredSecret]) throws(StoreError) {
    self.init(
      id: try row.parsed("id", by: ClientID.init),
      name: try row.value("name"),
      grantTypes: try row.list("grant_types", of: GrantType.init),
      scopes: ScopeSet(try row.list("scopes", of: Scope.init)),
      defaultScopes: ScopeSet(try row.list("default_scopes", of: Scope.init)),
      tokenFormat: try row.parsed("token_format", by: TokenFormat.init),
      claims: try row.parsed("claims", by: [String: String].init(jsonText:)),
      authenticationMethod: try row.optionallyParsed(
        "authentication_method",
        by: ClientAuthenticationMethod.init
      ),
      introspectedResources: try row.list("introspected_resources", of: Resource.init(stored:)),
      tokenLifetime: try row.optionalValue("token_lifetime"),
      secrets: secrets,
      isEnabled: try row.value("enabled"),
      tokensNotBefore: try row.optionalTime("tokens_not_before"),
      createdAt: try row.time("created_at"),
      updatedAt: try row.time("updated_at")
    )
  }

  /// The values of the row of `clients`, by column.
  func columns() throws -> StatementArguments {
    [
      "id": id.rawValue,
      "name": name,
      "name_key": Name.key(of: name),
      "grant_types": grantTypes.map(\.name).joined(separator: " "),
      "scopes": scopes.joined(by: " "),
      "default_scopes": defaultScopes.joined(by: " "),
      "token_format": tokenFormat.rawValue,
      "claims": try claims.jsonText(),
      "authentication_method": authenticationMethod?.rawValue,
      "introspected_resources": introspectedResources.map(\.uri).joined(separator: " "),
      "token_lifetime": tokenLifetime,
      "enabled": isEnabled,
      "tokens_not_before": tokensNotBefore?.milliseconds,
      "created_at": createdAt.milliseconds,
      "updated_at": updatedAt.milliseconds,
    ]
  }
}
