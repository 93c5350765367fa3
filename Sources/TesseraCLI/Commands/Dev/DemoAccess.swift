import TesseraCore

/// A client and a secret for trying the server out.
struct DemoAccess {
  let client: Client
  let secret: ClientSecret

  /// A scope that the client may ask for.
  var scope: String {
    let names = client.scopes.scopes.map(\.name)
    return names.contains("item") ? "item" : names.first ?? ""
  }

  private static let clientName = "demo"
  /// Apart from the first secret, which somebody may have put into an application.
  private static let secretName = "dev"

  /// Makes the demo client when there is no client at all, and gives it a new secret when it exists.
  ///
  /// Nil when there are other clients only, or the demo client cannot get a token.
  static func prepare(_ administration: Administration, _ store: any Store) async throws -> DemoAccess? {
    if let demo = try await store.client(named: clientName) {
      guard demo.isEnabled, demo.authenticationMethod == nil, !demo.scopes.isEmpty else { return nil }
      if demo.secrets.contains(where: { $0.name == secretName }) {
        try await administration.revokeSecret(named: secretName, of: demo.id)
      }
      let (_, secret) = try await administration.addSecret(to: demo.id, named: secretName)
      return DemoAccess(client: demo, secret: secret)
    }
    guard try await store.clients(after: nil, limit: 1).isEmpty else { return nil }
    let scopes = try await store.scopes().filter { $0.retiredAt == nil }.map(\.scope.name)
    let (client, secret) = try await administration.registerClient(
      ClientRegistration(name: clientName, scopes: scopes)
    )
    return secret.map { DemoAccess(client: client, secret: $0) }
  }
}
