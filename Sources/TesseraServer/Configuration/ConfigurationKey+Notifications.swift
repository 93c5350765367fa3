import Foundation
import TesseraCore
import TesseraSupport

extension ConfigurationKey {
  /// What concerns telling others of events, a part of `all`.
  static let notifications: [ConfigurationKey] = [
    webhookURL,
    .text(
      "notifications.audience",
      \.notifications.audience,
      allowed: "1 to 512 visible ASCII characters",
      "Whom the events are meant for (aud), as the receiver expects it; without it, notifications.webhook-url.",
      isAllowed: { (1...512).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
    ),
    .texts(
      "notifications.events",
      \.notifications.events,
      allowed: "a list of names of events, such as client.created, secret.expiring",
      "Which events are pushed: actions of the audit log, secret.expiring, client.key.expiring, certificate.expiring and "
        + "audit.altered. Without it, all but token.revoked.",
      isAllowed: { SecurityEventKind($0) != nil }
    ),
    .integer(
      "notifications.queue-limit",
      \.notifications.queueLimit,
      1...1_000_000,
      "How many events of the audit log wait for the receiver; beyond it the oldest are given up, with a line in the log. "
        + "Also for audit.syslog."
    ),
    .text(
      "notifications.ca-file",
      \.notifications.authorities,
      allowed: "a path",
      "The authorities, in PEM, whose certificates the receiver may have; without it, those that this machine trusts.",
      isAllowed: isPath
    ),
  ]

  /// Where the audit log goes beside the store, a part of `all`.
  static let auditSyslog: [ConfigurationKey] = [
    ConfigurationKey(
      name: "audit.syslog",
      allowed:
        "the path of a socket such as /dev/log, or a URL such as udp://log.example.com, tcp://… or tls://…:6514",
      documentation:
        "Where audit records go beside the store, in the format of RFC 5424. The usual ports are 514, and 6514 for tls.",
      read: { $0.auditSyslog.address?.description ?? "" },
      write: { configuration, texts in
        configuration.auditSyslog.address = SyslogAddress(texts[0])
        return configuration.auditSyslog.address != nil
      }
    ),
    .choice("audit.syslog-facility", \.auditSyslog.facility, "The facility of those messages."),
    .text(
      "audit.syslog-ca-file",
      \.auditSyslog.authorities,
      allowed: "a path",
      "The authorities, in PEM, whose certificates a tls:// receiver may have; without it, those that this machine trusts.",
      isAllowed: isPath
    ),
  ]

  private static let webhookURL: ConfigurationKey = {
    var key = ConfigurationKey(
      name: "notifications.webhook-url",
      allowed: "an https URL without user information and fragment, or an http URL of a loopback host",
      documentation:
        "Where events are pushed as signed Security Event Tokens (RFC 8417, RFC 8935). An address of a private network is "
        + "asked like any other; redirects are not followed.",
      read: { WebhookURL.shown($0.notifications.webhookURL) },
      write: { configuration, texts in
        configuration.notifications.webhookURL = texts[0]
        return WebhookURL.isAllowed(texts[0])
      }
    )
    // Receivers are known that put a secret into the path.
    key.mayHoldSecret = true
    return key
  }()
}

/// What a webhook URL has to be.
package enum WebhookURL {
  static func isAllowed(_ text: String) -> Bool {
    guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let parts = try? ServiceURL.parts(of: text, allowsPlainHTTP: true), let host = parts.host
    else { return false }
    return parts.scheme?.lowercased() == "https"
      || ListenAddress.isLoopback(host.trimmingCharacters(in: ["[", "]"]))
  }

  /// The URL without what may be a secret in it.
  package static func shown(_ text: String) -> String {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.encodedHost
    else { return "" }
    let hasMore = !["", "/"].contains(parts.path) || parts.query != nil
    return "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")\(hasMore ? "/…" : "")"
  }
}
