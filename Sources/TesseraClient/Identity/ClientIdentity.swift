/// How a client proves who it is without a secret that it shares with the token service.
///
///     let tokens = try ClientCredentialsTokenSource(
///       tokenEndpoint: "https://login.example.com/oauth2/token",
///       identity: .privateKey(file: "/etc/app/key.pem", clientID: "app")
///     )
public struct ClientIdentity: Sendable {
  enum Kind: Sendable {
    case privateKey(PrivateKeyReader.Source, clientID: String, audience: String?)
    case platformToken(PlatformToken, clientID: String?, AssertionType)
    case certificate(clientID: String)
  }

  let kind: Kind

  /// A key of which the token service knows the public half: `private_key_jwt` (RFC 7523 §2.2).
  ///
  /// Each request, repeated ones too, has an assertion of its own, which is valid for a minute and names the client, so
  /// the machine's clock has to be right.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - clientID: The client ID, which the assertions are by and about (`iss`, `sub`).
  ///   - audience: The issuer of the token service, which strict ones require as `aud`; nil for the URL of the token
  ///     endpoint.
  public static func privateKey(
    _ key: ClientPrivateKey,
    clientID: String,
    audience: String? = nil
  ) -> ClientIdentity {
    ClientIdentity(kind: .privateKey(.fixed(key), clientID: clientID, audience: audience))
  }

  /// The same with a key in a file, which is read before each request, so that another key counts from the next on.
  ///
  /// While the file cannot be read, what it said before is used.
  ///
  /// - Parameters:
  ///   - path: A file as ``ClientPrivateKey/init(file:algorithm:keyID:)`` reads it.
  ///   - algorithm: What the key signs by; nil for what its JWK names, or the best that it can.
  ///   - keyID: Its ID as it is registered; nil for that of the JWK.
  ///   - clientID: The client ID.
  ///   - audience: The issuer of the token service; nil for the URL of the token endpoint.
  public static func privateKey(
    file path: String,
    algorithm: ClientPrivateKey.Algorithm? = nil,
    keyID: String? = nil,
    clientID: String,
    audience: String? = nil
  ) -> ClientIdentity {
    let source = PrivateKeyReader.Source.file(path, algorithm: algorithm, keyID: keyID)
    return ClientIdentity(kind: .privateKey(source, clientID: clientID, audience: audience))
  }

  /// A token that the platform gives to what runs on it, which the token service trusts for this client (RFC 7523 §2.2).
  ///
  ///     let tokens = try ClientCredentialsTokenSource(
  ///       tokenEndpoint: "https://login.example.com/oauth2/token",
  ///       identity: .platformToken(.gitHubActions(audience: "https://login.example.com"), clientID: "app")
  ///     )
  ///
  /// - Parameters:
  ///   - token: Where the token comes from.
  ///   - clientID: The client ID; nil when the token is enough to tell who it is.
  ///   - assertionType: What the token is.
  public static func platformToken(
    _ token: PlatformToken,
    clientID: String? = nil,
    assertionType: AssertionType = .jwtBearer
  ) -> ClientIdentity {
    ClientIdentity(kind: .platformToken(token, clientID: clientID, assertionType))
  }

  /// The certificate of ``ClientCredentialsTokenSource/Settings/certificate``, or of an HTTP client that shows one
  /// (RFC 8705 §2): `tls_client_auth` and `self_signed_tls_client_auth`.
  ///
  /// The token endpoint is the one that asks for certificates, which the metadata of a token service may have in
  /// `mtls_endpoint_aliases` (RFC 8705 §5).
  public static func certificate(clientID: String) -> ClientIdentity {
    ClientIdentity(kind: .certificate(clientID: clientID))
  }
}
