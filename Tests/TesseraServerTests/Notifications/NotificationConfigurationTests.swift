import TesseraCore
import TesseraServer
import TesseraTestSupport
import Testing

/// What can be set about whom the server tells.
@Suite struct NotificationConfigurationTests {
  private static let webhook = "TESSERA_NOTIFICATIONS_WEBHOOK_URL"
  private static let syslog = "TESSERA_AUDIT_SYSLOG"

  @Test(
    "A webhook is asked by https, or on this machine",
    arguments: [
      "https://hooks.example.com", "https://hooks.example.com:8443/in?key=canary", "http://127.0.0.1:9/x",
      "http://localhost", "http://[::1]:9", "https://10.0.0.1/",
    ]
  )
  func webhookURL(url: String) throws {
    let configuration = try load(environment: [Self.webhook: url])
    #expect(configuration.notifications.webhookURL == url)
    let key = try #require(ConfigurationKey.all.first { $0.name == "notifications.webhook-url" })
    #expect(!key.value(in: configuration).contains("canary"))
  }

  @Test(
    "Anything else is refused, and not repeated",
    arguments: [
      "http://canary.example", "ftp://canary", "canary", "https://user:canary@hooks.example", "https://",
      "https://hooks.example/#canary", "https://hooks.example/can ary", "http://127.0.0.1.canary.example",
    ]
  )
  func badWebhookURL(url: String) throws {
    let text = try #require(try refusal(environment: [Self.webhook: url]))
    #expect(
      text.contains("notifications.webhook-url (from \(Self.webhook))")
        && text.contains("must be an https URL")
    )
    #expect(!text.contains("canary"))
  }

  @Test("What is shown of a webhook is where it is, not what may be a secret")
  func shown() {
    #expect(WebhookURL.shown("https://hooks.example:8443/T0/secret?x=y") == "https://hooks.example:8443/…")
    #expect(WebhookURL.shown("https://hooks.example/") == "https://hooks.example")
    #expect(WebhookURL.shown("https://[2001:db8::1]/?a") == "https://[2001:db8::1]/…")
    #expect(WebhookURL.shown("") == "")
  }

  @Test(
    "Syslog is a socket or a URL",
    arguments: [
      ("/dev/log", "/dev/log"), ("udp://log.example.com", "udp://log.example.com:514"),
      ("tcp://192.0.2.1:1514", "tcp://192.0.2.1:1514"),
      ("tls://log.example.com", "tls://log.example.com:6514"),
      ("tls://[2001:db8::1]:99", "tls://[2001:db8::1]:99"),
    ]
  )
  func syslogAddress(text: String, shown: String) throws {
    #expect(try load(environment: [Self.syslog: text]).auditSyslog.address?.description == shown)
  }

  @Test(
    "No other is",
    arguments: [
      "log.example.com", "udp://", "udp://a:0", "udp://a:65536", "http://a:1", "tcp://a/b", "tcp://a b",
      "tls://[::1", "tls://[a]:1", "udp://a:1:2", "dev/log", "/" + String(repeating: "a", count: 200),
    ]
  )
  func badSyslogAddress(text: String) throws {
    #expect(try refusal(environment: [Self.syslog: text])?.contains("audit.syslog (from") == true)
  }

  @Test("Events are chosen by their names")
  func events() throws {
    let variable = "TESSERA_NOTIFICATIONS_EVENTS"
    let chosen = try load(environment: [variable: "token.revoked, secret.expiring"])
    #expect(chosen.notifications.events == ["token.revoked", "secret.expiring"])
    for bad in ["client", "client.created, nothing", "test"] {
      #expect(try refusal(environment: [variable: bad])?.contains("a list of names of events") == true)
    }
  }

  @Test(
    "A file of authorities has to have some",
    arguments: ["notifications.ca-file", "audit.syslog-ca-file"]
  )
  func authorities(name: String) throws {
    let folder = try TemporaryFolder()
    let key = try #require(ConfigurationKey.all.first { $0.name == name })
    let good = try folder.write(try TestAuthority().pem, to: "ca.pem")
    #expect(try refusal(environment: [key.environmentVariable: good]) == nil)
    let bad = try folder.write("nothing", to: "bad.pem")
    for path in [bad, folder.path + "/absent.pem"] {
      #expect(
        try refusal(environment: [key.environmentVariable: path])
          == "\(name) (from \(key.environmentVariable)): \(path) has to be a file with certificates in PEM that this "
          + "process can read"
      )
    }
  }

  @Test("Nobody is told unless it is set")
  func nobody() throws {
    let configuration = try load()
    #expect(configuration.webhookSubscription == nil && configuration.syslogSubscription == nil)
    #expect(try configuration.syslog() == nil)
  }
}
