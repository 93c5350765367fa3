import Logging
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// What a token says and whether it is valid now.
struct InspectedToken {
  let token: OpenedToken
  /// Why it is not valid; nil when it is.
  let reason: TokenInspector.Reason?

  var json: JSONValue {
    .object([
      .init("client_id", .string(token.grant.clientID.rawValue)),
      .init("token_id", .string(token.id.description)),
      .init("active", .boolean(reason == nil)),
      .init("reason", JSONValue(reason?.rawValue)),
      .init("grant_type", .string(token.grant.grantType.name)),
      .init("scopes", JSONValue(token.grant.scopes.scopes.map(\.name))),
      .init("audiences", JSONValue(token.grant.audiences.map(\.uri))),
      .init("issued_at", JSONValue(token.grant.issuedAt)),
      .init("expires_at", JSONValue(token.grant.expiresAt)),
      .init("key_number", .integer(Int(token.keyNumber))),
    ])
  }

  var text: String {
    TextTable.fields([
      "client ID": token.grant.clientID.rawValue,
      "token ID": token.id.description,
      "status": reason.map { "inactive: \($0.rawValue)" } ?? "active",
      "grant type": token.grant.grantType.name,
      "scopes": token.grant.scopes.joined(by: ", "),
      "audiences": token.grant.audiences.map(\.uri).joined(separator: ", "),
      "issued": token.grant.issuedAt.iso8601,
      "expires": token.grant.expiresAt.iso8601,
      "key number": String(token.keyNumber),
    ])
  }
}

extension Workspace {
  /// Opens a token of this issuer.
  ///
  /// Throws for what is not one.
  func inspect(_ text: String) async throws -> InspectedToken {
    let issuer = configuration.issuerInUse
    let silence = Logger(label: "tessera") { _ in SwiftLogNoOpLogHandler() }
    let directory = try await Directory(
      store: data.store,
      masterKey: data.masterKey,
      settings: configuration.directorySettings,
      logger: silence
    )
    let inspector = TokenInspector(
      directory: directory,
      formats: AuthorizationServer.tokenFormats(issuer: issuer)
    )
    switch try await verdict(on: text, by: inspector) {
    case .active(let token): return InspectedToken(token: token, reason: nil)
    case .inactive(let token, let reason): return InspectedToken(token: token, reason: reason)
    case .unreadable:
      throw CommandFailure(
        "this is not a token of \(issuer): it was altered or cut short, or is of another issuer or data directory"
      )
    }
  }

  private func verdict(
    on text: String,
    by inspector: TokenInspector
  ) async throws -> TokenInspector.Verdict {
    var view = ServerView(at: WallClock.system.now)
    do throws(OAuthError) {
      return try await Rounds.run { () throws(Interruption) in try inspector.inspect(text[...].utf8, &view) }
    } catch {
      throw CommandFailure(error.privateDetail ?? error.reason.description)
    }
  }
}
