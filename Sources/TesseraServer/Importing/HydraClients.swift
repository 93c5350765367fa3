import TesseraCore

/// Clients of Ory Hydra: what `hydra list oauth2-clients` and `hydra get oauth2-client` give as JSON, what its API does,
/// and rows of its table `hydra_client`, which alone have the hashes of secrets.
enum HydraClients {
  static func read(_ bytes: [UInt8]) throws(ImportFileError) -> [ForeignClient] {
    var clients: [ForeignClient] = []
    var elements = JSONElements(bytes)
    try elements.forEach(in: ["items"]) { _, object throws(ImportFileError) in
      clients.append(try client(object))
    }
    return clients
  }

  private static func client(_ object: ImportedObject) throws(ImportFileError) -> ForeignClient {
    var client = ForeignClient(place: object.place, id: try object.requiredText("client_id", "id"))
    if let name = try object.text("client_name"), !name.isEmpty { client.name = name }
    client.scopes = try object.text("scope")?.split(separator: " ").map(String.init) ?? []
    client.judge(
      grants: try object.textsOrText("grant_types"),
      method: try object.text("token_endpoint_auth_method")
    )
    client.tokenLifetime = try lifespan("client_credentials_grant_access_token_lifespan", of: object)
    if let secret = try object.text("client_secret"), !secret.isEmpty {
      client.secret = secret.hasPrefix("$") ? .init(hash: secret) : .init(clear: secret)
    } else {
      client.secret = .missing("Hydra lists no secrets; the rows of hydra_client have their hashes")
    }
    return client
  }

  /// Seconds of a duration: `1h30m0s` in the API, nanoseconds in the table.
  private static func lifespan(_ name: String, of object: ImportedObject) throws(ImportFileError) -> Int? {
    guard object.isText(name) else {
      guard let nanoseconds = try object.number(name), nanoseconds > 0 else { return nil }
      guard nanoseconds < 1e18 else { throw object.wrong(name, "a duration such as 1h0m0s") }
      return Int(nanoseconds / 1e9)
    }
    guard let text = try object.text(name), !text.isEmpty else { return nil }
    let form = /(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})(?:\.\d+)?s)?/
    guard let match = text.wholeMatch(of: form) else { throw object.wrong(name, "a duration such as 1h0m0s") }
    let parts = [match.1, match.2, match.3].map { $0.flatMap { Int($0) } ?? 0 }
    return parts[0] * 3600 + parts[1] * 60 + parts[2]
  }
}
