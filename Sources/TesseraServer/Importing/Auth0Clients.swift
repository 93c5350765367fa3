import TesseraCore

/// Clients of Auth0: what `GET /api/v2/clients` of its Management API gives, and what `GET /api/v2/client-grants` does for
/// their scopes, in the same file or in another.
enum Auth0Clients {
  private static let grantLists: Set = ["client_grants", "clientGrants"]

  static func read(_ bytes: [UInt8], grants: [UInt8]?) throws(ImportFileError) -> [ForeignClient] {
    var clients: [ForeignClient] = []
    var scopes: [String: [String]] = [:]
    var elements = JSONElements(bytes)
    try elements.forEach(in: grantLists.union(["clients"])) { list, object throws(ImportFileError) in
      if let list, grantLists.contains(list) {
        try add(object, to: &scopes)
      } else {
        clients.append(try client(object))
      }
    }
    if let grants {
      var elements = JSONElements(grants)
      do throws(ImportFileError) {
        try elements.forEach(in: grantLists) { _, object throws(ImportFileError) in
          try add(object, to: &scopes)
        }
      } catch {
        throw ImportFileError("the file of client grants, \(error)")
      }
    }
    for index in clients.indices {
      clients[index].scopes = scopes[clients[index].id] ?? []
      // Who names no scope there gets all.
      clients[index].defaultScopes = clients[index].scopes
    }
    return clients
  }

  private static func add(
    _ grant: ImportedObject,
    to scopes: inout [String: [String]]
  ) throws(ImportFileError) {
    scopes[try grant.requiredText("client_id"), default: []] += try grant.texts("scope")
  }

  private static func client(_ object: ImportedObject) throws(ImportFileError) -> ForeignClient {
    var client = ForeignClient(place: object.place, id: try object.requiredText("client_id"))
    if let name = try object.text("name"), !name.isEmpty { client.name = name }
    var grants = try object.texts("grant_types")
    if grants.isEmpty, try object.text("app_type") == "non_interactive" { grants = ["client_credentials"] }
    client.judge(grants: grants, method: try object.text("token_endpoint_auth_method"))
    if try object.flag("global") == true { client.objection = "it stands for all applications of the tenant" }
    if try object.object("client_authentication_methods") != nil {
      client.objection = "it authenticates by a key or a certificate, and here it would need a secret"
    }
    if let secret = try object.text("client_secret"), !secret.isEmpty {
      client.secret = .init(clear: secret)
    } else {
      client.secret = .missing("the export has none; it takes a token with read:client_keys")
    }
    return client
  }
}
