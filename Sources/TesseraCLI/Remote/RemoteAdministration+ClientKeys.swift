import TesseraCore
import TesseraJOSE
import TesseraSupport

extension RemoteAdministration {
  func keys(of client: Client) async throws -> [(key: ClientKey, use: SecretUse?)] {
    try await api.list("clients/\(client.id.rawValue.pathSegment)/keys") { shown throws(UnreadableJSON) in
      (key: try ClientKey(shown: shown), use: try SecretUse(shown, of: client.id))
    }
  }

  func addKeys(_ keys: [NewClientKey], to id: ClientID) async throws -> [ClientKey] {
    let described = keys.map { key in
      var members = [JSONValue.Member("key", .string(key.name.text))]
      members.append(.init(key.material.isCertificate ? "pem" : "jwk", key.json))
      if let days = key.lifetime?.days { members.append(.init("expires_in_days", .integer(days))) }
      return JSONValue.object(members)
    }
    return try await api.list(
      "clients/\(id.rawValue.pathSegment)/add-keys",
      "POST",
      .object([.init("keys", .array(described))])
    ) { shown throws(UnreadableJSON) in try ClientKey(shown: shown) }
  }

  /// Whoever asks was told whether it is in use.
  func removeKey(named name: String, of id: ClientID, revokingTokens: Bool) async throws {
    let query = "?force=true&revoke_tokens=\(revokingTokens)"
    let path = "clients/\(id.rawValue.pathSegment)/keys/\(name.pathSegment)"
    try await api.ask("DELETE", path + query)
  }
}
