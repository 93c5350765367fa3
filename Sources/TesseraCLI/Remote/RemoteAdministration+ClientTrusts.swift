import TesseraCore
import TesseraJOSE
import TesseraSupport

extension RemoteAdministration {
  func trusts(of client: Client) async throws -> [(trust: ClientTrust, use: SecretUse?)] {
    try await api.list("clients/\(client.id.rawValue.pathSegment)/trusts") { shown throws(UnreadableJSON) in
      (trust: try ClientTrust(stored: shown), use: try SecretUse(shown, of: client.id))
    }
  }

  func addTrust(_ new: NewClientTrust, to id: ClientID) async throws -> ClientTrust {
    try await api.show("POST", "clients/\(id.rawValue.pathSegment)/trusts", new.json) {
      shown throws(UnreadableJSON) in
      try ClientTrust(stored: shown)
    }
  }

  /// Whoever asks was told whether it is in use.
  func removeTrust(named name: String, of id: ClientID, revokingTokens: Bool) async throws {
    let query = "?force=true&revoke_tokens=\(revokingTokens)"
    let path = "clients/\(id.rawValue.pathSegment)/trusts/\(name.pathSegment)"
    try await api.ask("DELETE", path + query)
  }
}
