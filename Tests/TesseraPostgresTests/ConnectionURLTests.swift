import TesseraCore
import Testing

@testable import TesseraPostgres

@Suite("The URL of a store")
struct ConnectionURLTests {
  private static func parameters(_ url: String, _ environment: [String: String] = [:]) throws -> [String:
    String]
  {
    let parsed = try ConnectionURL(url, limits: Limits()) { environment[$0] }
    return Dictionary(uniqueKeysWithValues: parsed.parameters.map { ($0.name, $0.value) })
  }

  @Test(
    "TLS is asked for wherever the connection leaves the machine, unless the operator says otherwise",
    arguments: [
      ("postgres://u@db.example/t", "require"), ("postgresql://u@db.example/t", "require"),
      ("postgres://u@10.0.0.1/t", "require"), ("postgres://u@[2001:db8::1]:5433/t", "require"),
      ("postgres://u@localhost,db.example/t", "require"), ("postgres://u@127.0.0.1.example/t", "require"),
      ("postgres://u@localhost/t?hostaddr=10.0.0.1", "require"),
      ("postgres://u@db.example/t?sslmode=verify-full", "verify-full"),
      ("postgres://u@db.example/t?sslmode=disable", "disable"),
      ("postgres://u@localhost/t", nil), ("postgres://u@127.0.0.1/t", nil), ("postgres://u@127.9.9.9/t", nil),
      ("postgres://u@[::1]/t", nil), ("postgres:///t", nil), ("postgres://u@/t?host=/run/postgresql", nil),
      ("postgres://u@%2Frun%2Fpostgresql/t", nil), ("postgres://u@db.example/t?hostaddr=127.0.0.1", nil),
    ] as [(String, String?)]
  )
  func tls(url: String, mode: String?) throws {
    #expect(try ConnectionURLTests.parameters(url)["sslmode"] == mode)
  }

  @Test("The environment of libpq counts: its host, its TLS mode")
  func environment() throws {
    func mode(_ environment: [String: String]) throws -> String? {
      try ConnectionURLTests.parameters("postgres:///t", environment)["sslmode"]
    }
    #expect(try mode(["PGHOST": "db.example"]) == "require")
    #expect(try mode(["PGHOSTADDR": "10.0.0.1"]) == "require")
    #expect(try mode(["PGHOST": "db.example", "PGSSLMODE": "verify-full"]) == nil, "libpq reads it itself")
  }

  @Test(
    "A service may name any host, so TLS must be said",
    arguments: ["postgres:///?service=s", "postgres:///t"]
  )
  func service(url: String) throws {
    let environment = url.contains("service") ? [:] : ["PGSERVICE": "s"]
    let error = #expect(throws: ConnectionProblem.self) {
      _ = try ConnectionURLTests.parameters(url, environment)
    }
    #expect(error?.kind == .serviceWithoutTLSMode)
    let told = url + (url.contains("?") ? "&" : "?") + "sslmode=verify-full"
    #expect(try ConnectionURLTests.parameters(told, environment)["sslmode"] == "verify-full")
  }

  @Test("Of several hosts the one that can be written to is taken")
  func severalHosts() throws {
    #expect(try ConnectionURLTests.parameters("postgres://a,b/t")["target_session_attrs"] == "read-write")
    #expect(try ConnectionURLTests.parameters("postgres://a/t")["target_session_attrs"] == nil)
    #expect(
      try ConnectionURLTests.parameters("postgres://a,b/t?target_session_attrs=primary")[
        "target_session_attrs"
      ]
        == "primary"
    )
  }

  @Test("What notices a dead network is set, and what the URL says stays")
  func limits() throws {
    let parameters = try ConnectionURLTests.parameters("postgres://db.example/t?connect_timeout=9")
    #expect(parameters["connect_timeout"] == "9")
    for name in ["keepalives_idle", "tcp_user_timeout", "client_encoding"] {
      #expect(parameters[name] != nil)
    }
  }

  @Test(
    "The place is named without user and password",
    arguments: [
      ("postgres://user:hunter2@db.example:5433/tessera", "database tessera at db.example:5433"),
      ("postgres://user:hunter2@a:1,b:2/t", "database t at a:1, b:2"),
      ("postgres://user:hunter2@[::1]/t", "database t at [::1]"),
      ("postgres://user:hunter2@/t", "database t at the local socket"),
      ("postgres://db.example?password=hunter2", "db.example"),
    ]
  )
  func place(url: String, place: String) throws {
    #expect(try ConnectionURL(url, limits: Limits()) { _ in nil }.place == place)
  }

  @Test(
    "What is no URL of a database is refused, and nothing of it is in the text",
    arguments: [
      "postgres:", "postgres:hunter2", "postgres:/hunter2", "postgres://u:hun%ter2@h/d",
      "postgres://u:hunter2@h/d?x=1",
      "postgres://u:hunter2@h:port/d", "postgres://u:p@hunter2@h/d", "postgres://u:hunter/2@h/d",
      "postgres://u:99/hunter2@h/d", "postgres://u:hunter2@h:99999/d", "postgres://u:hunter2@[::1/d",
      "host=h password=hunter2", "postgres://u:hunter2@h/d?sslmode", "postgres://u:hunter2@h/d\0",
    ]
  )
  func refused(url: String) {
    let error = #expect(throws: ConnectionProblem.self) {
      _ = try ConnectionURL(url, limits: Limits()) { _ in nil }
    }
    #expect(error?.kind == .badURL)
    #expect(error?.description.contains("hunter") == false)
  }
}
