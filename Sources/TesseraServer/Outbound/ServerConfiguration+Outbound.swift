import Logging
import TesseraCore
import TesseraSupport

extension ServerConfiguration {
  /// What fetches documents for clients, as it is configured.
  package func outboundDocuments() throws(ConfigurationError) -> OutboundDocuments {
    guard let rules = OutboundRules(outbound.allowedHosts) else {
      throw ConfigurationError(
        "outbound.allowed-hosts has an entry that is neither a host name nor a range of addresses"
      )
    }
    return OutboundDocuments(
      rules: rules,
      roots: try trustRoots(of: "outbound.ca-file", outbound.authorities)
    )
  }

  /// The keys that clients publish.
  func publishedKeys(_ logger: Logger) throws(ConfigurationError) -> any PublishedKeys {
    let documents = try outboundDocuments()
    return PublishedKeySets(clock: .system, logger: logger) { await documents.keySet(at: $0) }
  }
}
