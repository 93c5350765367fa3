package import TesseraJOSE
package import TesseraSupport

/// The registries: the only place where the parts of the server are listed.
extension AuthorizationServer {
  /// What there may be any number of, and what it is made with.
  package struct Parts {
    package var authenticators: [any ClientAuthenticator]
    package var grants: [any GrantHandler]
    package var bindings: [any TokenBinding]
    /// Besides those that every server has.
    package var endpoints: [any Endpoint] = []
    package let replica: ReplicaReader
    package let inspector: TokenInspector
    package let clock: WallClock
    package let errors: RFC6749Errors
  }

  /// What counts, or is kept, for all event loops together.
  package struct Common: Sendable {
    let replica: Replica
    let limiter: FailureLimiter
    let stretcher = SecretStretcher()
    let allowance: RevocationAllowance
    let seenProofs = SeenProofs()
    let revocationPages: RevocationPages
    let counters: RequestCounters
    let clock: WallClock

    package init(
      replica: Replica,
      settings: Settings,
      clock: WallClock = .system,
      monotonicClock: MonotonicClock = .system,
      counters: RequestCounters = RequestCounters()
    ) {
      self.replica = replica
      self.clock = clock
      self.counters = counters
      limiter = FailureLimiter(settings: settings.failureLimit, clock: monotonicClock)
      allowance = RevocationAllowance(settings: settings.revocationAllowance, clock: monotonicClock)
      revocationPages = RevocationPages(replica: replica, issuer: settings.issuer, clock: clock)
    }
  }

  /// The server, as one event loop asks it, with every authentication method, grant and endpoint there is.
  ///
  /// What it is made of is its own, but for what is common; `adding` adds to it.
  package init(
    _ common: Common,
    settings: Settings,
    publishedKeys: any PublishedKeys = NoPublishedKeys(),
    adding: (inout Parts) -> Void = { _ in }
  ) throws(PathCollision) {
    let replica = common.replica.reader()
    let (clock, counters) = (common.clock, common.counters)
    let randomness = RandomSource.pool()
    let formats = AuthorizationServer.tokenFormats(issuer: settings.issuer, randomness: randomness)
    let issuer = IssuerIdentifier(settings.issuer)
    let tokenIssuer = TokenIssuer(formats: formats, profile: settings.profile)
    let inspector = TokenInspector(replica: replica, formats: formats)
    let errors = RFC6749Errors(documentation: settings.documentation)
    let secretVerifier = ClientSecretVerifier(
      replica: replica,
      randomness: randomness,
      stretcher: common.stretcher
    )
    let audience = AssertionAudience(
      issuer: settings.issuer,
      tokenEndpoints: [settings.rfc6749Path, settings.contractPath].compactMap { $0.map(issuer.url) },
      isStrict: settings.requiresStrictAssertions,
      profile: settings.profile
    )
    var parts = Parts(
      authenticators: [
        ClientSecretBasic(verifier: secretVerifier),
        ClientSecretPost(verifier: secretVerifier),
        PrivateKeyJWT(audience: audience, publishedKeys: publishedKeys, replica: replica),
        TrustedIssuerJWT(publishedKeys: publishedKeys, profile: settings.profile, replica: replica),
        ClientSecretJWT(audience: audience, replica: replica),
      ],
      grants: [
        ClientCredentialsGrant(
          scopePolicy: ScopePolicy(),
          audiencePolicy: AudiencePolicy(),
          lifetime: settings.tokenLifetime
        )
      ],
      bindings: [
        CertificateBinding(),
        DPoPBinding(
          replica: replica,
          targets: settings.proofTargets { issuer.url($0) },
          aliases: settings.clientCertificates?.baseURL.map { base in
            settings.proofTargets { base + $0 }
          } ?? [:],
          requiresNonce: settings.requiresProofNonce,
          profile: settings.profile
        ),
      ],
      replica: replica,
      inspector: inspector,
      clock: clock,
      errors: errors
    )
    if let certificates = settings.clientCertificates {
      parts.authenticators.append(TLSClientAuthentication(authorities: certificates.authorities))
    }
    adding(&parts)
    let (grants, bindings) = (parts.grants, parts.bindings)

    let clientAuthentication = ClientAuthentication(
      parts.authenticators.filter { settings.profile?.allows($0.method) ?? true },
      replica: replica,
      limiter: common.limiter
    )

    let doors: [(path: String?, member: StaticString?, dialect: any Dialect)] = [
      (settings.contractPath, nil, ContractDialect()),
      (settings.rfc6749Path, "token_endpoint", RFC6749Dialect(errors: errors)),
    ]
    let tokenEndpoints = doors.compactMap { door in
      door.path.map {
        TokenEndpoint(
          path: $0,
          metadataMember: door.member,
          dialect: door.dialect,
          clientAuthentication: clientAuthentication,
          grants: grants,
          bindings: bindings,
          profile: settings.profile,
          replica: replica,
          issuer: tokenIssuer,
          clock: clock,
          counters: counters
        )
      }
    }

    let endpoints: [any Endpoint] =
      tokenEndpoints + [
        IntrospectionEndpoint(
          clientAuthentication: clientAuthentication,
          inspector: inspector,
          replica: replica,
          issuer: settings.issuer,
          clock: clock,
          errors: errors,
          counters: counters
        ),
        RevocationEndpoint(
          clientAuthentication: clientAuthentication,
          inspector: inspector,
          replica: replica,
          allowance: common.allowance,
          clock: clock,
          errors: errors,
          counters: counters
        ),
        VerifyEndpoint(
          inspector: inspector,
          trustedPeers: settings.verifyPeers,
          seenProofs: common.seenProofs,
          clock: clock,
          errors: errors
        ),
        AuthorizationEndpoint(errors: errors),
        JWKSEndpoint(.common, replica: replica, lifetime: settings.keySetLifetime, errors: errors),
        JWKSEndpoint(.postQuantum, replica: replica, lifetime: settings.keySetLifetime, errors: errors),
        RevocationFeedEndpoint(
          common.revocationPages,
          trustedPeers: settings.revocationFeedPeers,
          errors: errors
        ),
      ] + parts.endpoints

    let members = ServerMetadata(
      issuer: issuer,
      endpoints: endpoints,
      grantTypes: grants.map(\.grantType),
      authenticationMethods: clientAuthentication.methods,
      proofAlgorithms: DPoPProof.algorithms.filter { settings.profile?.allows($0) ?? true },
      signingAlgorithms: clientAuthentication.signingAlgorithms,
      documentation: settings.documentation,
      clientCertificates: settings.clientCertificates
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
        replica: replica,
        lifetime: settings.keySetLifetime,
        errors: errors
      )
    }

    let isForPages: (any Endpoint) -> Bool = { !settings.webOrigins.isEmpty && $0 is TokenEndpoint }
    try self.init(
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

extension AuthorizationServer.Settings {
  /// The URLs of the token endpoints, by the paths at which they are asked; `url` makes one of the path of an endpoint.
  fileprivate func proofTargets(_ url: (_ path: String) -> String) -> [String: [TargetURI]] {
    [contractPath, rfc6749Path].compactMap(\.self).reduce(into: [:]) { targets, path in
      // Where it is asked behind proxies of either kind, it is known by one URL.
      for place in [path, IssuerIdentifier(issuer).path + path] {
        targets[place] = [url(path)].compactMap(TargetURI.init)
      }
    }
  }
}
