extension ConfigurationKey {
  /// What concerns the management listener, a part of `all`.
  static let management: [ConfigurationKey] = [
    .text(
      "management.host",
      \.management.host,
      allowed: "an IP address or localhost",
      "The address that the management listener listens at, apart from the public one: health, metrics and the "
        + "management API. Beyond loopback the API needs management.tls.certificate.",
      isAllowed: ListenAddress.isAllowed
    ),
    ConfigurationKey(
      name: "management.port",
      allowed: "an integer from 0 to 65535, or off",
      documentation: "The port of the management listener; 0 for any free port, off for no such listener.",
      read: { $0.management.port.map { String($0) } ?? "off" },
      write: { configuration, texts in
        guard texts[0] != "off" else {
          configuration.management.port = nil
          return true
        }
        guard let port = Int(texts[0]), (0...65_535).contains(port) else { return false }
        configuration.management.port = port
        return true
      }
    ),
    .text(
      "management.tls.certificate",
      \.management.tls.certificate,
      allowed: "a path",
      "The certificate of the management listener in PEM, followed by those between it and its root. With it, it speaks "
        + "TLS. It is taken anew when the file changes.",
      isAllowed: isPath
    ),
    .text(
      "management.tls.key",
      \.management.tls.key,
      allowed: "a path",
      "The key of that certificate in PEM, without a passphrase, which nobody but its owner and group may read.",
      isAllowed: isPath
    ),
    .boolean(
      "management.require-token",
      \.management.requiresToken,
      "Whether /metrics and /openapi.json need an access token with the scope tessera:read, as all below /admin does."
    ),
  ]
}
