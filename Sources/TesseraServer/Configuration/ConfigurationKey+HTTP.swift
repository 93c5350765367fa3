import TesseraCore
import TesseraHTTP

extension ConfigurationKey {
  /// What concerns the public listener, a part of `all`.
  static let http: [ConfigurationKey] = [
    ConfigurationKey(
      name: "http.host",
      allowed: "an IP address or localhost, or a list of them",
      documentation:
        "The addresses that the server listens at; :: is every address of IPv6 and of IPv4. One beyond "
        + "loopback requires http.tls.certificate or http.behind-tls-proxy.",
      isList: true,
      read: { $0.http.hosts.joined(separator: ", ") },
      write: { configuration, texts in
        guard !texts.isEmpty, texts.allSatisfy(ListenAddress.isAllowed) else { return false }
        configuration.http.hosts = ListenAddress.distinct(texts)
        return true
      }
    ),
    .integer(
      "http.port",
      \.http.port,
      0...65_535,
      flag: "--port",
      "The port that the server listens at; 0 for any free port."
    ),
    .text(
      "http.socket",
      \.http.socket,
      allowed: "a path",
      "A Unix socket that the server listens at, without TLS; with it, http.host counts only where http.host or "
        + "http.port is set. Who may connect is who the file lets in, and counts as 127.0.0.1.",
      isAllowed: isPath
    ),
    .text(
      "http.socket-mode",
      \.http.socketMode,
      allowed: "permissions in octal, such as 0660",
      "The permissions of that socket.",
      isAllowed: { $0.wholeMatch(of: /0?[0-7]{3}/) != nil }
    ),
    .text(
      "http.socket-owner",
      \.http.socketOwner,
      allowed: "a user, user:group or :group",
      "To whom that socket belongs; without it, to whoever runs the server.",
      isAllowed: UnixSocket.isOwner
    ),
    .text(
      "http.tls.certificate",
      \.http.tls.certificate,
      allowed: "a path",
      "The certificate of the server in PEM, followed by those between it and its root. With it, the server speaks TLS "
        + "(1.2 and 1.3) at http.host. It is taken anew when the file changes.",
      isAllowed: isPath
    ),
    .text(
      "http.tls.key",
      \.http.tls.key,
      allowed: "a path",
      "The key of that certificate in PEM, without a passphrase, which nobody but its owner and group may read.",
      isAllowed: isPath
    ),
    .integer(
      "http.tls.handshake-timeout",
      \.http.limits.handshakeTimeout,
      1...3600,
      unit: "seconds",
      "The longest a TLS handshake may take, and a PROXY header."
    ),
    .integer(
      "http.tls.max-handshakes",
      \.http.limits.maximumHandshakes,
      1...1_000_000,
      "The largest number of TLS handshakes at a time, half of them with clients that have sent nothing. For one more, the "
        + "oldest of its half is cut."
    ),
    .integer(
      "http.tls.hsts-max-age",
      \.http.tls.strictTransportAge,
      0...63_072_000,
      unit: "seconds",
      "How long browsers keep to https (Strict-Transport-Security), sent with every answer over TLS; 0 to send nothing."
    ),
    .boolean(
      "http.tls.client-certificates",
      \.http.clientCertificates.areAskedFor,
      "Whether clients are asked for a certificate, which they may have or not; with http.tls.client-authorities they are "
        + "anyway."
    ),
    .text(
      "http.tls.client-authorities",
      \.http.clientCertificates.authorities,
      allowed: "a path",
      "The certificates of the authorities that sign those of clients (tls_client_auth), in PEM. They are taken anew when "
        + "the file changes.",
      isAllowed: isPath
    ),
    .text(
      "http.tls.client-revocations",
      \.http.clientCertificates.revocations,
      allowed: "a path",
      "The lists of the certificates that those authorities have revoked (CRL), in PEM, or one in DER. They are taken anew "
        + "when the file changes; where the list of an authority is missing or too old, its certificates do not count.",
      isAllowed: isPath
    ),
    .text(
      "http.client-certificate-header",
      \.http.clientCertificates.header,
      allowed: "one of " + CertificateHeader.allCases.map(\.rawValue).joined(separator: ", "),
      "The header field in which the proxy passes on the certificate of its caller, when http.behind-tls-proxy is true. "
        + "The proxy has to set or remove it in every request, or callers could.",
      isAllowed: { CertificateHeader(rawValue: $0) != nil }
    ),
    .text(
      "http.mtls-base-url",
      \.http.clientCertificates.baseURL,
      allowed: "a URL with https and without a slash at its end, such as https://mtls.example.com",
      "Where clients with certificates find the endpoints, if not at the issuer (mtls_endpoint_aliases).",
      isAllowed: { IssuerURL.isAllowed($0) && !$0.hasSuffix("/") }
    ),
    .integer(
      "http.plain-port",
      \.http.plainPort,
      0...65_535,
      "A port for whoever forgets the s of https: everything is refused there, never redirected; 0 for none."
    ),
    .boolean(
      "http.proxy-protocol",
      \.http.usesProxyProtocol,
      "Whether every connection begins with a header of the PROXY protocol (version 1 or 2) that says whom it is for. "
        + "Connections from outside http.trusted-proxies are closed."
    ),
    .boolean(
      "http.behind-tls-proxy",
      \.http.isBehindTLSProxy,
      "Whether clients reach the server through a reverse proxy that speaks TLS with them."
    ),
    .addressRanges(
      "http.trusted-proxies",
      \.http.trustedProxies,
      "The proxies that requests have to come from, and whose word on a caller's address counts, when "
        + "http.behind-tls-proxy or http.proxy-protocol is true. Their own addresses, not those of a network with callers in it."
    ),
    .integer(
      "http.proxy-hops",
      \.http.proxyHops,
      1...16,
      "How many proxies in a row a request comes through, when http.behind-tls-proxy is true; each has to append its "
        + "caller to X-Forwarded-For."
    ),
    .texts(
      "http.cors-origins",
      \.http.corsOrigins,
      allowed:
        "a list of origins as browsers send them, such as https://app.example.com: https, or http of a "
        + "loopback host, in lower case, with a port only if it is not the default, and without a path",
      "The origins of web pages that may ask the token endpoints from a browser (CORS). A secret in a page is no "
        + "secret: it is for pages that their users give one to, and for trying out.",
      isAllowed: WebOrigin.isAllowed
    ),
    .integer(
      "http.max-connections",
      \.http.limits.maximumConnections,
      1...1_000_000,
      "The largest number of connections. For one more, the longest idle one is closed; if none is idle, it is answered 503."
    ),
    .integer(
      "http.max-connections-per-address",
      \.http.limits.maximumConnectionsPerAddress,
      0...1_000_000,
      "The largest number of connections from one IP address, or from one /64 of IPv6; 0 for no limit of its own. "
        + "Trusted proxies and Unix sockets have none."
    ),
    .integer(
      "http.request-timeout",
      \.http.limits.requestTimeout,
      1...3600,
      unit: "seconds",
      "The longest a request may take, from its first byte to its answer."
    ),
    .integer(
      "http.idle-timeout",
      \.http.limits.idleTimeout,
      1...86_400,
      unit: "seconds",
      "How long a connection without a request stays open."
    ),
    .integer(
      "http.drain-timeout",
      \.http.limits.drainTimeout,
      0...3600,
      unit: "seconds",
      "How long requests in flight may take once the server stops."
    ),
    .integer(
      "http.threads",
      \.http.threads,
      0...1024,
      "How many threads answer requests; 0 for one per core."
    ),
  ]
}
