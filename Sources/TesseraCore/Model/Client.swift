package import TesseraJOSE

/// A registered client (RFC 6749 §2).
///
/// What is small stands side by side, since a server has very many of them in memory.
package struct Client: Sendable, Equatable {
  /// The identifier that it sends.
  package let id: ClientID
  /// The format of its tokens, where the API they are for takes either.
  package var tokenFormat: TokenFormat
  /// A disabled client gets no token, and those it has are inactive.
  ///
  /// Only `disable` and `enable` change it, so that nobody forgets about the tokens.
  package internal(set) var isEnabled: Bool
  /// The only method by which it may authenticate; nil when either way of sending its secret will do.
  package var authenticationMethod: ClientAuthenticationMethod? {
    didSet {
      // No other method needs more than a hash.
      if authenticationMethod != .clientSecretJWT { secrets = secrets.map(\.hashed) }
    }
  }
  /// The display name, which is unique.
  package var name: String
  /// The grants it may use.
  package var grantTypes: [GrantType]
  /// The scopes it may ask for.
  package var scopes: ScopeSet
  /// The scopes it gets when it asks for none (RFC 6749 §3.3); of those it may ask for.
  package var defaultScopes: ScopeSet
  /// Claims of its own in its JWTs and in introspection, by name.
  package var claims: [String: String]
  /// The APIs that it is the resource server of, whose tokens it may introspect (RFC 7662 §2.1).
  package var introspectedResources: [Resource]
  /// From where its requests may come; empty for anywhere.
  package var allowedAddresses: [AddressRange]
  /// How long its tokens live, in seconds; nil for the server's default.
  package var tokenLifetime: Int?
  /// Its secrets; several at a time make rotation without an outage possible.
  package var secrets: [StoredSecret]
  /// Tokens issued before this are inactive.
  package var tokensNotBefore: Timestamp?
  /// How often it was changed, and 1: what an edit says it is based on.
  package var version: Int
  /// When it was registered.
  package var createdAt: Timestamp
  /// When it was last changed.
  package var updatedAt: Timestamp
  /// Nil for none of them.
  private var boxedExtras: Boxed<ClientExtras>?

  private static let usualGrantTypes = [GrantType.clientCredentials]

  package init(
    id: ClientID,
    name: String,
    grantTypes: [GrantType] = [.clientCredentials],
    scopes: ScopeSet,
    defaultScopes: ScopeSet = [],
    tokenFormat: TokenFormat = .opaque,
    claims: [String: String] = [:],
    authenticationMethod: ClientAuthenticationMethod? = nil,
    introspectedResources: [Resource] = [],
    allowedAddresses: [AddressRange] = [],
    tokenLifetime: Int? = nil,
    secrets: [StoredSecret] = [],
    isEnabled: Bool = true,
    tokensNotBefore: Timestamp? = nil,
    version: Int = 1,
    createdAt: Timestamp,
    updatedAt: Timestamp? = nil,
    owner: String? = nil,
    contact: String? = nil,
    labels: [String: String] = [:],
    quota: Quota? = nil,
    keyMetadata: ClientKeyMetadata = ClientKeyMetadata()
  ) {
    self.id = id
    self.name = name
    // One array for all, since nearly all have the same.
    self.grantTypes = grantTypes == Client.usualGrantTypes ? Client.usualGrantTypes : grantTypes
    self.scopes = scopes
    self.defaultScopes = defaultScopes
    self.tokenFormat = tokenFormat
    self.claims = claims
    self.authenticationMethod = authenticationMethod
    self.introspectedResources = introspectedResources
    self.allowedAddresses = allowedAddresses
    self.tokenLifetime = tokenLifetime
    self.secrets = secrets
    self.isEnabled = isEnabled
    self.tokensNotBefore = tokensNotBefore
    self.version = version
    self.createdAt = createdAt
    self.updatedAt = updatedAt ?? createdAt
    extras = ClientExtras(
      owner: owner,
      contact: contact,
      labels: labels,
      quota: quota,
      keyMetadata: keyMetadata
    )
  }

  /// Whether its requests may come from this address.
  /// The same with what requests look at in memory of its own.
  func unshared() -> Client {
    var client = self
    client.grantTypes = grantTypes.map { $0 }
    client.secrets = secrets.map { $0 }
    client.allowedAddresses = allowedAddresses.map { $0 }
    client.introspectedResources = introspectedResources.map { $0 }
    if boxedExtras != nil { client.extras = extras }
    return client
  }

  func allows(_ source: SourceAddress) -> Bool {
    allowedAddresses.isEmpty || allowedAddresses.contains { $0.contains(source) }
  }
}

extension Client {
  /// Who answers for it, as operators call them; nil when nobody is named.
  package var owner: String? {
    get { extras.owner }
    set { extras.owner = newValue }
  }

  /// Where its owner is reached, such as a mail address; nil when that is not said.
  package var contact: String? {
    get { extras.contact }
    set { extras.contact = newValue }
  }

  /// What operators sort it by.
  package var labels: [String: String] {
    get { extras.labels }
    set { extras.labels = newValue }
  }

  /// How many token requests it may make; nil for any number.
  package var quota: Quota? {
    get { extras.quota }
    set { extras.quota = newValue }
  }

  /// What is registered of its keys, and what its tokens are bound to.
  package var keyMetadata: ClientKeyMetadata {
    get { extras.keyMetadata }
    set { extras.keyMetadata = newValue }
  }

  private var extras: ClientExtras {
    get { if case .value(let extras) = boxedExtras { extras } else { ClientExtras() } }
    set { boxedExtras = newValue == ClientExtras() ? nil : .value(newValue) }
  }
}
