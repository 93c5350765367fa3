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
        lifetime: settings.tokenLifetime
      )
    ]

    let format = SealedAccessToken(issuer: settings.issuer, randomness: randomness)
    let inspector = TokenInspector(directory: directory, format: format, clock: clock)

    self.init(endpoints: [
      TokenEndpoint(
        path: "/oauth/token",
        dialect: SeedDialect(),
        clientAuthentication: clientAuthentication,
        grants: grants,
        issuer: TokenIssuer(directory: directory, format: format),
        clock: clock
      ),
      IntrospectionEndpoint(
        clientAuthentication: clientAuthentication,
        inspector: inspector,
        issuer: settings.issuer
      ),
      RevocationEndpoint(
        clientAuthentication: clientAuthentication,
        inspector: inspector,
        directory: directory,
        clock: clock
      ),
      VerifyEndpoint(inspector: inspector, trustedPeers: settings.verifyPeers),
    ])
  }
}
