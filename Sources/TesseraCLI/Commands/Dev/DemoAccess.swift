import TesseraCore

/// A client and a secret for trying the server out.
struct DemoAccess {
  /// What came of the wish for one.
  enum Outcome {
    /// It can get a token.
    case ready(DemoAccess)
    /// There is none, and why.
    case none(reason: String)
  }

  let client: Client
  let secret: ClientSecret
  /// Those of its scopes that are granted now.
  let scopes: [String]

  /// A scope that the client may ask for.
  var scope: String { scopes.contains("item") ? "item" : scopes.first ?? "" }

  /// The form that authenticates it.
  var form: String {
    "client_id=\(client.id.rawValue.formEncoded)&client_secret=\(secret.exposed.formEncoded)"
  }

  private static let clientName = "demo"
  /// Apart from secrets that somebody gave it, which are none of ours to replace.
  private static let secretName = "dev"

  /// Makes the demo client when there is no client at all, and gives it a new secret when it exists.
  static func prepare(_ administration: Administration) async throws -> Outcome {
    let granted = try await administration.grantedScopes()
    let usable = granted.map(\.name)
    if let demo = try await administration.clients(named: clientName).first {
      let scopes = demo.scopes.scopes.map(\.name).filter(usable.contains)
      if let reason = reasonAgainst(demo, scopes) { return .none(reason: reason) }
      do throws(AdministrationError) {
        let secret = try await administration.replaceSecret(
          named: DisplayName(secretName, of: .secretName),
          of: demo.id
        )
        return .ready(DemoAccess(client: demo, secret: secret, scopes: scopes))
      } catch {
        guard case .conflict(let text) = error else { throw error }
        return .none(reason: text)
      }
    }
    guard try await administration.clients(limit: 1).elements.isEmpty else {
      return .none(reason: "there is no client named 'demo', and one is created only where there is no other")
    }
    guard !usable.isEmpty else { return .none(reason: "every scope is retired") }
    var registration = ClientRegistration(name: try DisplayName(clientName, of: .name), scopes: granted)
    registration.secretName = try DisplayName(secretName, of: .secretName)
    let (client, secret) = try await administration.registerClient(registration)
    guard let secret else { return .none(reason: "the client 'demo' has no secret") }
    return .ready(DemoAccess(client: client, secret: secret, scopes: usable))
  }

  /// Why this client cannot get a token by the line that is printed; nil when it can.
  private static func reasonAgainst(_ demo: Client, _ scopes: [String]) -> String? {
    if !demo.isEnabled { return "the client 'demo' is disabled; 'tessera client enable demo' undoes that" }
    if let method = demo.authenticationMethod, method != .clientSecretPost {
      return "the client 'demo' may authenticate by \(method.rawValue) only"
    }
    if !demo.grantTypes.contains(.clientCredentials) { return "the client 'demo' may not get tokens" }
    if scopes.isEmpty {
      return
        "every scope of the client 'demo' is retired; 'tessera client update demo --scope NAME' gives it others"
    }
    return nil
  }
}
