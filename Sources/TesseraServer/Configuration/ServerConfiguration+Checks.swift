import TesseraCore

extension ServerConfiguration {
  /// What no key can check by itself.
  func checkTogether() throws(ConfigurationError) {
    guard token.default <= token.longest else {
      throw ConfigurationError(
        "token.lifetime is \(token.default), but must not be more than token.max-lifetime, which is "
          + "\(token.longest)"
      )
    }
    guard keys.publicationTime >= keys.keySetLifetime else {
      throw ConfigurationError(
        "keys.publication-time is \(keys.publicationTime), but must not be less than keys.set-lifetime, which "
          + "is \(keys.keySetLifetime): tokens would be signed by keys that verifiers cannot know yet"
      )
    }
    try checkTokenEndpoints()
    try checkStorePassword()
    try checkTLS()
    try checkClientCertificates()
    _ = try trustRoots(of: "notifications.ca-file", notifications.authorities)
    _ = try trustRoots(of: "outbound.ca-file", outbound.authorities)
    _ = try trustRoots(of: "audit.syslog-ca-file", auditSyslog.authorities)
    for host in http.hosts where http.listensAtAddresses {
      guard http.tls.isOn || http.isBehindTLSProxy || ListenAddress.isLoopback(host) else {
        throw ConfigurationError(
          "http.host is \(host), but plain HTTP beyond loopback is refused: set http.tls.certificate and http.tls.key, "
            + "or put a reverse proxy with TLS in front and set http.behind-tls-proxy to true, or set http.host to "
            + "127.0.0.1"
        )
      }
    }
    guard !http.isBehindTLSProxy || !http.trustedProxies.isEmpty else {
      throw ConfigurationError(
        "http.trusted-proxies is empty, but http.behind-tls-proxy is true: every request would be refused; set it "
          + "to the addresses of the proxy"
      )
    }
  }

  /// What concerns TLS and what stands in front of it.
  private func checkTLS() throws(ConfigurationError) {
    for (listener, tls) in [("http", http.tls), ("management", management.tls)]
    where tls.certificate.isEmpty != tls.key.isEmpty {
      let (set, missing) = tls.isOn ? ("certificate", "key") : ("key", "certificate")
      throw ConfigurationError(
        "\(listener).tls.\(set) is set, but \(listener).tls.\(missing) is not: set both"
      )
    }
    guard http.plainPort == 0 || http.tls.isOn else {
      throw ConfigurationError(
        "http.plain-port is \(http.plainPort), but there is no TLS to send anybody to: set http.tls.certificate and "
          + "http.tls.key, or leave it out"
      )
    }
    guard http.plainPort == 0 || http.plainPort != http.port else {
      throw ConfigurationError(
        "http.plain-port and http.port are both \(http.port): choose another for one of them"
      )
    }
    guard !http.usesProxyProtocol || !http.isBehindTLSProxy else {
      throw ConfigurationError(
        "http.proxy-protocol and http.behind-tls-proxy are both true: a proxy that ends TLS names its callers in "
          + "X-Forwarded-For, one that passes TLS on names them by the PROXY protocol; set one of them"
      )
    }
    guard !http.usesProxyProtocol || !http.trustedProxies.isEmpty else {
      throw ConfigurationError(
        "http.trusted-proxies is empty, but http.proxy-protocol is true: every connection would be closed; set it to "
          + "the addresses of the proxy"
      )
    }
  }

  /// What would never be used is a mistake.
  private func checkClientCertificates() throws(ConfigurationError) {
    let settings = http.clientCertificates
    guard !settings.areAskedFor || http.tls.isOn else {
      throw ConfigurationError(
        "http.tls.client-certificates is true, but there is no TLS in which to ask: set http.tls.certificate and "
          + "http.tls.key, or behind a proxy http.client-certificate-header instead"
      )
    }
    guard settings.header.isEmpty || http.isBehindTLSProxy else {
      throw ConfigurationError(
        "http.client-certificate-header is \(settings.header), but http.behind-tls-proxy is false: anybody could send it; "
          + "leave it out, or put a proxy in front"
      )
    }
    for (key, value) in [
      ("http.tls.client-authorities", settings.authorities), ("http.mtls-base-url", settings.baseURL),
    ] where !value.isEmpty && !http.takesClientCertificates {
      throw ConfigurationError(
        "\(key) is set, but no client can show a certificate: set http.tls.certificate and http.tls.key"
          + (key == "http.mtls-base-url" ? " with http.tls.client-certificates" : "")
          + ", or behind a proxy http.client-certificate-header"
      )
    }
    guard settings.revocations.isEmpty || !settings.authorities.isEmpty else {
      throw ConfigurationError(
        "http.tls.client-revocations is set, but http.tls.client-authorities is not: set both"
      )
    }
  }

  /// A file that cannot be used is told at once, and so is one that nothing asks for.
  private func checkStorePassword() throws(ConfigurationError) {
    guard let storePassword else { return }
    guard let store, [StoreOpener].all.opener(of: store)?.takesPassword == true else {
      throw ConfigurationError(
        "store-password-file is set, but the store has no password: set store to a URL such as "
          + "postgres://tessera@db.example.com/tessera, or remove store-password-file"
      )
    }
    if case .failure(.failed(let text)) = storePassword() {
      let origin = origins["store-password-file"] ?? .default
      throw ConfigurationError("store-password-file (from \(origin)): \(text)", origin: origin)
    }
  }

  /// Takes the master key from the file that is named, if one is.
  mutating func readMasterKeyFile() throws(ConfigurationError) {
    guard masterKeyFile != nil else { return }
    guard masterKey == nil else {
      throw ConfigurationError("master-key and master-key-file are both set; set one of them")
    }
    do throws(MasterKeyFileError) {
      masterKey = try masterKeyPlace?.read()
    } catch {
      let origin = origin(of: .masterKeyFile)
      throw ConfigurationError("master-key-file (from \(origin)): \(error)", origin: origin)
    }
  }

  /// The file that the master key is in; nil when the configuration has the key itself.
  var masterKeyPlace: MasterKeyFile? {
    guard let masterKeyFile else {
      return masterKey == nil ? DataDirectoryLayout(path: dataDirectory).keyFile : nil
    }
    return MasterKeyFile(
      path: masterKeyFile,
      dataDirectory: FileStatus(path: dataDirectory),
      mayBeReadByGroup: masterKeyFileMayBeReadByGroup
    )
  }
}
