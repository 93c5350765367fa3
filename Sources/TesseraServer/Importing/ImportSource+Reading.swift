package import TesseraCore

extension ImportSource {
  /// The clients of a file, in its order; `grants` is the second file, which Auth0 needs.
  ///
  /// Throws for a file that is not what it should be, with the place.
  package func clients(in bytes: [UInt8], grants: [UInt8]? = nil) throws(ImportFileError) -> [ForeignClient] {
    switch self {
    case .hydra: try HydraClients.read(bytes)
    case .keycloak: try KeycloakClients.read(bytes)
    case .auth0: try Auth0Clients.read(bytes, grants: grants)
    case .csv: try CSVClients.read(bytes)
    }
  }
}

extension ForeignClient {
  /// Notes whether the client can be one here, by its grants and by how it authenticates.
  mutating func judge(grants: [String], method: String?) {
    guard grants.contains("client_credentials") else {
      objection = "it does not use the client credentials grant"
      return
    }
    switch method {
    case nil, "", "client_secret_basic", "client_secret_post": break
    case "none": objection = "it is public and has no secret"
    case let method?: objection = "it authenticates by \(method), and here it would need a secret"
    }
    let others = grants.filter { $0 != "client_credentials" }
    if !others.isEmpty { remarks.append("left behind of its grants: \(others.joined(separator: ", "))") }
  }
}
