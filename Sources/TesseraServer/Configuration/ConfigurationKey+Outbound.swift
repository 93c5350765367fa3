extension ConfigurationKey {
  /// What concerns asking others for clients, a part of `all`.
  static let outbound: [ConfigurationKey] = [
    .texts(
      "outbound.allowed-hosts",
      \.outbound.allowedHosts,
      allowed: "a list of host names in lower case, and of IP addresses and ranges such as 10.0.0.0/8",
      "Where this server fetches what clients publish, such as the keys at their jwks_uri. Names are then the only hosts that "
        + "are asked; addresses and ranges are inner ones that may be connected to beside those on the Internet. Without it, "
        + "any host on the Internet.",
      isAllowed: { OutboundRules([$0]) != nil }
    ),
    .text(
      "outbound.ca-file",
      \.outbound.authorities,
      allowed: "a path",
      "The authorities, in PEM, whose certificates those hosts may have; without it, those that this machine trusts.",
      isAllowed: isPath
    ),
  ]
}
