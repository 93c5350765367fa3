import TesseraCore
import TesseraJOSE
import TesseraServer

/// What a token says and whether it is valid now.
struct InspectedToken {
  let token: OpenedToken
  /// Why it is not valid; nil when it is.
  let reason: TokenInspector.Reason?

  var json: JSONValue { TokenRepresentation(token, reason).json }

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
    let verdict = try await administration.inspectToken(
      text,
      in: AuthorizationServer.tokenFormats(issuer: issuer),
      settings: configuration.replicaSettings
    )
    switch verdict {
    case .active(let token): return InspectedToken(token: token, reason: nil)
    case .inactive(let token, let reason): return InspectedToken(token: token, reason: reason)
    case .unreadable:
      throw CommandFailure.noToken(of: issuer)
    }
  }
}

extension CommandFailure {
  static func noToken(of issuer: String) -> CommandFailure {
    CommandFailure(
      "this is not a token of \(issuer): it was altered or cut short, or is of another issuer or data directory"
    )
  }
}
