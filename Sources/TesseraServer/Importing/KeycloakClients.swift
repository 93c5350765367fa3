import TesseraCore

/// Clients of Keycloak: the export of a realm by `kc.sh export`, or the list that `kcadm.sh get clients` gives.
enum KeycloakClients {
  /// The scopes that every realm has, which say what is in tokens about people, not what a client may do.
  private static let builtInScopes: Set = [
    "acr", "address", "basic", "email", "microprofile-jwt", "offline_access", "openid", "organization",
    "phone",
    "profile", "roles", "service_account", "web-origins",
  ]

  static func read(_ bytes: [UInt8]) throws(ImportFileError) -> [ForeignClient] {
    var clients: [ForeignClient] = []
    var elements = JSONElements(bytes)
    try elements.forEach(in: ["clients"]) { _, object throws(ImportFileError) in
      clients.append(try client(object))
    }
    return clients
  }

  private static func client(_ object: ImportedObject) throws(ImportFileError) -> ForeignClient {
    var client = ForeignClient(place: object.place, id: try object.requiredText("clientId"))
    // Names of the clients that every realm has are keys of translations.
    if let name = try object.text("name"), !name.isEmpty, !name.hasPrefix("${") { client.name = name }
    client.isEnabled = try object.flag("enabled") ?? true
    client.defaultScopes = try object.texts("defaultClientScopes").filter { !builtInScopes.contains($0) }
    client.scopes =
      try client.defaultScopes + object.texts("optionalClientScopes").filter { !builtInScopes.contains($0) }
    client.objection = try objection(to: object)
    let flows = [try object.flag("standardFlowEnabled"), try object.flag("directAccessGrantsEnabled")]
    if flows.contains(true) {
      client.remarks.append("left behind: that people can sign in by it")
    }
    if let seconds = try object.object("attributes")?.text("access.token.lifespan"), !seconds.isEmpty {
      guard let number = Int(seconds) else {
        throw object.wrong("access.token.lifespan", "a number of seconds")
      }
      if number > 0 { client.tokenLifetime = number }
    }
    client.secret = secret(try object.text("secret"))
    return client
  }

  private static func objection(to object: ImportedObject) throws(ImportFileError) -> String? {
    if let spoken = try object.text("protocol"), spoken != "openid-connect" {
      return "it speaks \(spoken), not OAuth"
    }
    if try object.flag("bearerOnly") == true { return "it is an API that gets no tokens" }
    if try object.flag("publicClient") == true { return "it is public and has no secret" }
    if try object.flag("serviceAccountsEnabled") != true {
      return "it has no service account, and so does not use the client credentials grant"
    }
    if let method = try object.text("clientAuthenticatorType"), method != "client-secret" {
      return "it authenticates by \(method), and here it would need a secret"
    }
    return nil
  }

  private static func secret(_ text: String?) -> ForeignClient.Secret {
    guard let text, !text.isEmpty else { return .missing("the export has none") }
    if text.allSatisfy({ $0 == "*" }) {
      return .missing("this export hides secrets; one by 'kc.sh export' has them")
    }
    if text.hasPrefix("${") { return .missing("Keycloak has it from a vault") }
    return .init(clear: text)
  }
}
