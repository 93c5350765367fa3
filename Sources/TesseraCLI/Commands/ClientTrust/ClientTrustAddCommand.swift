import ArgumentParser
import TesseraCore
import TesseraJOSE

/// `tessera client trust add`.
struct ClientTrustAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Let a platform vouch for a client.",
    discussion: """
      The keys of the issuer are where its metadata says, unless --jwks-uri or --jwks is given. What would let everybody on \
      the platform in is refused.
      """
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  @Option(help: "What kind of platform it is.")
  var preset: TrustPreset

  @Option(
    help: ArgumentHelp(
      "The issuer of its tokens (iss), or a SPIFFE trust domain. (default: that of the platform, if all have one)",
      valueName: "url"
    )
  )
  var issuer: String?

  @Option(
    name: .customLong("audience"),
    help: ArgumentHelp("What its tokens are for, as the platform is asked for them; may be repeated.")
  )
  var audiences: [String] = []

  @Option(
    name: .customLong("claim"),
    help: ArgumentHelp(
      """
      What a claim has to be, by its name or by a JSON Pointer such as /kubernetes.io/namespace; * stands for one segment \
      between / and :. May be repeated.
      """,
      valueName: "name=value"
    )
  )
  var claims: [String] = []

  @OptionGroup var shorthands: TrustShorthands

  @Option(
    help: ArgumentHelp("A file with its keys as a JWK Set, so that nobody is asked.", valueName: "file"),
    completion: .file()
  )
  var jwks: String?

  @Option(help: ArgumentHelp("Where its keys are: an https URL of a JWK Set.", valueName: "url"))
  var jwksURI: String?

  @Option(
    help:
      "What the trust is called, unique among the client's trusts, keys and secrets. (default: the preset)"
  )
  var name: String?

  @Option(
    help: ArgumentHelp(
      "How far ahead the end of a token may be, up to 86400. (default: as the platform needs)",
      valueName: "seconds"
    )
  )
  var maxLifetime: Int?

  @Flag(inversion: .prefixedNo, help: "Take a token until it ends, or once. (default: as the platform needs)")
  var reusable: Bool?

  func validate() throws {
    guard jwks == nil || jwksURI == nil else {
      throw ValidationError("--jwks cannot be used with --jwks-uri: the keys are here, or there")
    }
  }

  func run() async throws {
    let new = try NewClientTrust(draft())
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let trust = try await workspace.administration.addTrust(new, to: found.id)
      try workspace.print(
        text: TextTable.fields([
          "trust": trust.name,
          "client": "\(found.name) (\(found.id))",
          "issuer": trust.issuer,
          "audiences": trust.audiences.joined(separator: ", "),
          "claims": trust.claimText,
          "keys": trust.keyText,
          "max lifetime": "\(trust.longestLifetime) s",
          "a token counts": trust.isReusable ? "until it ends" : "once",
        ]),
        json: ClientTrustRepresentation(trust).json
      )
    }
  }

  private func draft() throws -> TrustDraft {
    var draft = TrustDraft(preset)
    draft.name = name
    draft.issuer = issuer
    draft.audiences = audiences
    for claim in claims {
      // A name may have `=` in it only as part of a pointer that nobody writes.
      guard let equals = claim.firstIndex(of: "="), equals != claim.startIndex else {
        throw ValidationError("--claim is NAME=VALUE, such as sub=repo:acme/app:environment:production")
      }
      let claimName = String(claim[..<equals])
      guard draft.claims.updateValue(String(claim[claim.index(after: equals)...]), forKey: claimName) == nil
      else { throw ValidationError("--claim has '\(claimName)' twice") }
    }
    try draft.add(shorthands.given)
    draft.keySetURL = jwksURI
    if let jwks {
      guard let json = JSON(try InputText.read(jwks, whatItIs: "a JWK Set").utf8) else {
        throw CommandFailure("\(jwks == "-" ? "standard input" : jwks): this is no JSON", .usage)
      }
      draft.keySet = json
    }
    draft.longestLifetime = maxLifetime
    draft.isReusable = reusable
    return draft
  }
}

extension ClientTrust {
  /// What its tokens have to say.
  var claimText: String { conditions.map { "\($0.claim)=\($0.pattern)" }.joined(separator: ", ") }

  /// Where its keys are.
  var keyText: String {
    switch keys {
    case .discovered: "where its metadata says"
    case .published(let url): url
    case .given(let jwks): "given: \(jwks.map { $0.keyID ?? "without ID" }.joined(separator: ", "))"
    }
  }
}
