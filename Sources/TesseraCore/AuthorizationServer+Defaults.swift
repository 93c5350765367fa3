package import TesseraJOSE
package import TesseraSupport

/// The registries: the only place where the parts of the server are listed.
extension AuthorizationServer {
  /// The server with every authentication method, grant and endpoint there is.
  package init(
    directory: Directory,
    masterKey: MasterKey,
    settings: Settings,
    clock: WallClock = .system,
    monotonicClock: MonotonicClock = .system,
    randomness: RandomSource = .system
  ) {
    let secretVerifier = ClientSecretVerifier(
      directory: directory,
      hasher: SecretHasher(masterKey: masterKey),
      limiter: FailureLimiter(settings: settings.failureLimit, clock: monotonicClock),
      clock: clock
    )

    let clientAuthentication = ClientAuthentication([
      ClientSecretBasic(verifier: secretVerifier),
      ClientSecretPost(verifier: secretVerifier),
    ])

    let grants: [any GrantHandler] = [
      ClientCredentialsGrant(
        directory: directory,
        scopePolicy: ScopePolicy(),
        audiencePolicy: AudiencePolicy(),
        lifetime: settings.tokenLifetime
      )
    ]

    let formats = AuthorizationServer.tokenFormats(issuer: settings.issuer, randomness: randomness)
    let issuer = IssuerIdentifier(settings.issuer)
    let tokenIssuer = TokenIssuer(directory: directory, formats: formats)
    let inspector = TokenInspector(directory: directory, formats: formats, clock: clock)
    let errors = StandardErrors(documentation: settings.documentation)

    let doors: [(path: String?, member: StaticString?, dialect: any Dialect)] = [
      (settings.contractPath, nil, SeedDialect()),
      (settings.standardPath, "token_endpoint", StandardDialect(errors: errors)),
    ]
    let tokenEndpoints = doors.compactMap { door in
      door.path.map {
        TokenEndpoint(
          path: $0,
          metadataMember: door.member,
          dialect: door.dialect,
          clientAuthentication: clientAuthentication,
          grants: grants,
          issuer: tokenIssuer,
          clock: clock
        )
      }
    }

    let endpoints: [any Endpoint] =
      tokenEndpoints + [
        IntrospectionEndpoint(
          clientAuthentication: clientAuthentication,
          inspector: inspector,
          directory: directory,
          issuer: settings.issuer,
          errors: errors
        ),
        RevocationEndpoint(
          clientAuthentication: clientAuthentication,
          inspector: inspector,
          directory: directory,
          allowance: RevocationAllowance(settings: settings.revocationAllowance, clock: monotonicClock),
          clock: clock,
          errors: errors
        ),
        VerifyEndpoint(inspector: inspector, trustedPeers: settings.verifyPeers, errors: errors),
        AuthorizationEndpoint(errors: errors),
        JWKSEndpoint(.common, directory: directory, lifetime: settings.keySetLifetime, errors: errors),
        JWKSEndpoint(.postQuantum, directory: directory, lifetime: settings.keySetLifetime, errors: errors),
        RevocationFeedEndpoint(
          directory: directory,
          issuer: settings.issuer,
          trustedPeers: settings.revocationFeedPeers,
          clock: clock,
          errors: errors
        ),
      ]

    let members = ServerMetadata(
      issuer: issuer,
      endpoints: endpoints,
      grantTypes: grants.map(\.grantType),
      authenticationMethods: clientAuthentication.methods,
      documentation: settings.documentation
    )
    // The well-known part stands before the path of the issuer (RFC 8414 §3.1); OpenID Connect Discovery §4 puts
    // it after, so tools that come from there look in both places.
    let metadata = [
      ["/.well-known/oauth-authorization-server\(issuer.path)"],
      ["/.well-known/openid-configuration\(issuer.path)", "\(issuer.path)/.well-known/openid-configuration"],
    ].map { mounts in
      MetadataEndpoint(
        mounts: mounts,
        members: members,
        directory: directory,
        lifetime: settings.keySetLifetime,
        errors: errors
      )
    }

    let isForPages: (any Endpoint) -> Bool = { !settings.webOrigins.isEmpty && $0 is TokenEndpoint }
    self.init(
      endpoints: (endpoints + metadata).map {
        isForPages($0) ? CrossOriginEndpoint($0, for: settings.webOrigins) : $0
      },
      issuer: issuer
    )
  }

  /// Every token format there is.
  package static func tokenFormats(
    issuer: String,
    randomness: RandomSource = .system
  ) -> [any AccessTokenFormat] {
    [
      SealedAccessToken(issuer: issuer, randomness: randomness),
      JWTAccessToken(issuer: issuer, randomness: randomness),
    ]
  }
}
