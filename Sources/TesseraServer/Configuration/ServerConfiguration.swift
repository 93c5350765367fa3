package import Logging
package import TesseraCore
package import TesseraHTTP

/// Everything that can be set about a server.
///
/// What the parts are is said once, in `ConfigurationKey.all`.
package struct ServerConfiguration: Sendable {
  /// The public listener.
  package struct HTTP: Sendable {
    /// The IP addresses it binds to, or `localhost`; at least one.
    package var hosts = ["127.0.0.1"]
    /// The port it binds to; 0 lets the system choose.
    package var port = 8080
    /// The Unix socket that it listens at; empty for none.
    package var socket = ""
    /// The permissions of that socket, in octal.
    package var socketMode = "0660"
    /// To whom that socket belongs; empty for whoever runs the server.
    package var socketOwner = ""
    /// Whether it listens at the addresses, too, when there is a Unix socket.
    package internal(set) var listensAtAddresses = true
    /// TLS that ends here.
    package var tls = TLS()
    /// What clients can show to prove who they are.
    package var clientCertificates = ClientCertificates()
    /// The port where plain HTTP is refused; 0 for none.
    package var plainPort = 0
    /// Whether connections begin with a PROXY header.
    package var usesProxyProtocol = false
    /// Whether a reverse proxy in front of it speaks TLS with the clients.
    package var isBehindTLSProxy = false
    /// The proxies whose word on a client's address counts; only used behind a TLS proxy.
    package var trustedProxies = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)
    /// How many of them a request comes through.
    package var proxyHops = 1
    /// The origins of web pages that may ask the token endpoints.
    package var corsOrigins: [String] = []
    /// What one request and one process may use up.
    package var limits = HTTPLimits()
    /// How many event loops there are; 0 for one a core.
    package var threads = 0
  }

  /// What is asked for clients.
  package struct Outbound: Sendable {
    /// The only names that are asked, and the inner addresses that may be asked too.
    package var allowedHosts: [String] = []
    /// The file with the authorities that hosts are known by; empty for those that this machine trusts.
    package var authorities = ""
  }

  /// The management listener.
  package struct Management: Sendable {
    /// The IP address it binds to, or `localhost`.
    package var host = "127.0.0.1"
    /// The port it binds to; 0 lets the system choose, nil is for no such listener.
    package var port: Int? = 8081
    /// TLS that ends here.
    package var tls = TLS(strictTransportAge: 0)
    /// Whether metrics and the description of the API need a token, too.
    package var requiresToken = false

    /// Where this machine reaches it at this port.
    func url(_ port: Int) -> ServerURL {
      ServerURL(scheme: tls.isOn ? "https" : "http", host: host, port: port).reachable
    }
  }

  /// TLS on a listener.
  package struct TLS: Sendable {
    /// The file with the certificate and its chain; empty for none.
    package var certificate = ""
    /// The file with its key; empty for none.
    package var key = ""
    /// For `Strict-Transport-Security`, in seconds; 0 when it is not sent.
    package var strictTransportAge = 31_536_000

    /// Whether there is TLS.
    package var isOn: Bool { !certificate.isEmpty }
  }

  /// What is taken of the certificates of clients.
  package struct ClientCertificates: Sendable {
    /// Whether clients are asked for one even without authorities.
    package var areAskedFor = false
    /// The file with the authorities that sign them; empty for none.
    package var authorities = ""
    /// The file with those that they have revoked; empty for none.
    package var revocations = ""
    /// The header field in which a proxy passes them on; empty for none.
    package var header = ""
    /// Where the endpoints are for clients that show one; empty for where they are for all.
    package var baseURL = ""
  }

  /// Who is told of events.
  package struct Notifications: Sendable {
    /// Where events are pushed; empty for nowhere.
    package var webhookURL = ""
    /// For whom they are meant (`aud`); empty for that URL.
    package var audience = ""
    /// The names of those that are told; none for the usual.
    package var events: [String] = []
    /// How many wait at the most.
    package var queueLimit = 10_000
    /// The file with the authorities to trust; empty for those of the system.
    package var authorities = ""

    /// Those that are told.
    var kinds: Set<SecurityEventKind> {
      events.isEmpty ? SecurityEventKind.usual : Set(events.compactMap(SecurityEventKind.init))
    }
  }

  /// Where the audit log goes beside the store.
  package struct AuditSyslog: Sendable {
    /// Where syslog is; nil for nowhere.
    package var address: SyslogAddress?
    /// What its messages are of.
    package var facility = SyslogFacility.authpriv
    /// The file with the authorities to trust; empty for those of the system.
    package var authorities = ""
  }

  /// Where spans go, and how many.
  package struct Tracing: Sendable {
    /// The URL of a collector; empty for none.
    package var endpoint = ""
    /// How many of the traces that begin here are kept, from 0 to 1.
    package var sampleRatio = 1.0
  }

  /// What is logged, and how.
  package struct Log: Sendable {
    /// The least severe level that is written.
    package var level = Logger.Level.info
    /// How a line looks.
    package var format = LogFormat.text
  }

  /// The folder of the embedded store and its master key.
  package var dataDirectory = "./tessera-data"
  /// Where the store is; nil for the data directory.
  package var store: StoreURL?
  /// The file that the password of the store is in; nil when it is elsewhere.
  package var storePasswordFile: String?
  /// Whether the group of that file may read it too.
  package var storePasswordFileMayBeReadByGroup = false
  /// The issuer identifier (RFC 8414 §2), a URL; nil for the URL that the server listens at.
  package var issuer: String?
  /// The public listener.
  package var http = HTTP()
  /// The management listener.
  package var management = Management()
  /// Where spans go, and how many.
  package var tracing = Tracing()
  /// The token endpoint of the documented contract.
  package var contract = TokenEndpointPath(path: "/oauth/token")
  /// The token endpoint of RFC 6749.
  package var rfc6749 = TokenEndpointPath(path: "/oauth2/token")
  /// How long access tokens live.
  package var token = TokenLifetime()
  /// What is asked for clients: the keys that they publish.
  package var outbound = Outbound()
  /// Whether every client's assertions have to be for the issuer itself, and short-lived.
  package var requiresStrictAssertions = false
  /// How failed authentications are slowed down.
  package var bruteForce = FailureLimiter.Settings()
  /// The gateways that may ask the verify endpoint; none for anybody.
  package var verifyPeers: [AddressRange] = []
  /// The APIs that may ask the revocation feed; none for anybody.
  package var revocationFeedPeers: [AddressRange] = []
  /// The profile that every client is held to.
  package var profile = ServerProfile.none
  /// Whether DPoP proofs in token requests have to have a nonce of the server in them.
  package var proofNonce = ProofNonceUse.off
  /// When keys are rotated, and how long the key set may be kept.
  package var keys = KeyRotation.Settings()
  /// A page about this server for people; empty for none.
  package var documentation = ""
  /// What is kept in memory for how long.
  package var replica = Replica.Settings()
  /// How long the audit log is kept.
  package var audit = AuditRetention()
  /// Who is told of events.
  package var notifications = Notifications()
  /// Where the audit log goes beside the store.
  package var auditSyslog = AuditSyslog()
  /// How what token requests came to is counted and kept.
  package var usage = UsageSettings()
  /// What is logged, and how.
  package var log = Log()
  /// The master key; nil for the one in the data directory.
  package var masterKey: MasterKey?
  /// The file that `masterKey` was read from; nil when it was not.
  package var masterKeyFile: String?
  /// The configuration file that was read without anybody naming it; nil when none was.
  package internal(set) var unnamedFile: String?
  /// The variables that have names of ours and are Kubernetes' service links, which set nothing.
  package internal(set) var serviceLinks: [String] = []
  /// Whether the group of that file may read it too.
  package var masterKeyFileMayBeReadByGroup = false
  /// Where the value of each key that was set comes from, by its name.
  package internal(set) var origins: [String: ConfigurationOrigin] = [:]

  /// The defaults.
  package init() {}

  /// What is kept in memory for how long, with what other keys say about it.
  package var replicaSettings: Replica.Settings {
    var settings = replica
    settings.longestTokenLifetime = token.longest
    return settings
  }

  /// What reads the password of the store; nil when it is in no file of its own.
  package var storePassword: StorePassword? {
    storePasswordFile.map { path in
      StorePasswordFile(path: path, mayBeReadByGroup: storePasswordFileMayBeReadByGroup).password
    }
  }

  /// Lets the system choose the port of the management listener, where nobody else has.
  package mutating func useFreeManagementPort() {
    if origins["management.port"] == nil { management.port = 0 }
  }

  /// Where the value of this key comes from.
  package func origin(of key: ConfigurationKey) -> ConfigurationOrigin {
    origins[key.name] ?? .default
  }
}
