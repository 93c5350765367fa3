package import AsyncHTTPClient
package import NIOSSL
package import TesseraCore

extension ServerConfiguration {
  /// The authorities that are trusted where events go.
  ///
  /// Throws when the file cannot be used; `name` is the key that names it.
  package func trustRoots(of name: String, _ path: String) throws(ConfigurationError) -> NIOSSLTrustRoots {
    guard !path.isEmpty else { return .default }
    do {
      let certificates = try NIOSSLCertificate.fromPEMFile(path)
      guard certificates.isEmpty else { return .certificates(certificates) }
    } catch {
      // Told below, in words that say what to do.
    }
    let origin = origins[name] ?? .default
    throw ConfigurationError(
      "\(name) (from \(origin)): \(path.printable) has to be a file with certificates in PEM that this process can read",
      origin: origin
    )
  }

  /// What tells the webhook; nil for none.
  package var webhookSubscription: Delivery.Subscription? {
    notifications.webhookURL.isEmpty
      ? nil : Delivery.Subscription("webhook", notifications.kinds, limit: notifications.queueLimit)
  }

  /// What tells syslog: all that the audit log has; nil for none.
  package var syslogSubscription: Delivery.Subscription? {
    guard auditSyslog.address != nil else { return nil }
    let kinds = AuditEvent.Action.allCases.map(SecurityEventKind.audit)
    return Delivery.Subscription("syslog", Set(kinds), limit: notifications.queueLimit)
  }

  /// What asks the receiver of the webhook; to be shut down.
  package func webhookClient() throws(ConfigurationError) -> HTTPClient {
    .forEvents(trusting: try trustRoots(of: "notifications.ca-file", notifications.authorities))
  }

  /// Syslog; nil for none.
  package func syslog() throws(ConfigurationError) -> Syslog? {
    let roots = try trustRoots(of: "audit.syslog-ca-file", auditSyslog.authorities)
    return auditSyslog.address.map { Syslog($0, facility: auditSyslog.facility, trusting: roots) }
  }
}
