import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("Servers that a store cannot work with, each in one line", .timeLimit(.minutes(10)))
struct RefusedServerTests {
  @Test("A certificate of another authority, of another host and of no file is refused; the right one is not")
  func certificates() async throws {
    let port = try UnusedPort.given()
    let server = try await PostgresServer.ofItsOwn(
      making: PostgresServer.cluster + #"""
         && cd "$folder" && for name in server other; do
          openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout $name.key -out $name.crt \
            -subj /CN=db.test -addext subjectAltName=DNS:db.test || break
        done && cd /
        """#,
      options: "-p \(port) -c listen_addresses=127.0.0.1 -c ssl=on "
        + "-c ssl_cert_file=../server.crt -c ssl_key_file=../server.key"
    )
    func url(_ host: String, _ certificate: String) -> String {
      "postgres://owner@\(host):\(port)/postgres?hostaddr=127.0.0.1&sslmode=verify-full"
        + "&sslrootcert=\(server.folder)/\(certificate).crt"
    }
    try await expectRefusal(.wrongCertificate, opening: url("db.test", "other"))
    try await expectRefusal(.wrongCertificate, opening: url("elsewhere.test", "server"))
    try await expectRefusal(.noRootCertificate, opening: url("db.test", "none"))
    let store = try await PostgresStore.open(url("db.test", "server"), limits: .forTests)
    let isEncrypted = try await store.read { connection throws(StoreError) in
      try connection.row("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")?.value("ssl") ?? false
    }
    #expect(isEncrypted)
    await store.close()
    withExtendedLifetime(server) {}
  }

  @Test("Nothing is sent in clear to a server without TLS, where TLS is asked for")
  func nothingInClear() async throws {
    let server = try AnsweringPort([Array("N".utf8)])
    let url = "postgres://u:hunter2@127.0.0.1:\(server.number)/d?sslmode=require"
    try await expectRefusal(.noTLS, opening: url)
    // The length, and the number that asks for TLS.
    #expect(await server.heard == [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])
  }

  @Test("A server before version 14", arguments: [("13.9", "13"), ("9.6.24", "9")])
  func tooOld(version: String, told: String) async throws {
    func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
      Array("\(type)".utf8) + [0, 0, 0, UInt8(4 + body.count)] + body
    }
    let welcome =
      message("R", [0, 0, 0, 0]) + message("S", Array("server_version\0\(version)\0".utf8))
      + message("K", [0, 0, 0, 1, 0, 0, 0, 1]) + message("Z", Array("I".utf8))
    let server = try AnsweringPort([welcome])
    let url = "postgres://u:hunter2@127.0.0.1:\(server.number)/d?sslmode=disable"
    try await expectRefusal(.tooOld(told), opening: url)
  }

  @Test("A standby is refused, and among several hosts the primary is found")
  func standby() async throws {
    let primary = try await PostgresServer.ofItsOwn()
    let standby = try await PostgresServer.ofItsOwn(
      making: #""$bin/pg_basebackup" -h \#(primary.folder) -U owner -D "$folder/data" -R -c fast --no-sync"#
    )
    let name = try await primary.makeDatabase()
    try await wait {
      try await standby.run("SELECT count(*)::text FROM pg_database WHERE datname = '\(name)'") == "1"
    }
    try await expectRefusal(.readOnly, opening: standby.url(name))
    let both = "postgres://owner@/\(name)?host=\(standby.folder),\(primary.folder)"
    let store = try await PostgresStore.open(both, limits: .forTests)
    try await store.insertScope(try Example.scope("a"), audit: Example.event)
    await store.close()
    try await expectRefusal(.readOnly, opening: "\(both)&target_session_attrs=standby")
    withExtendedLifetime((primary, standby)) {}
  }

  @Test("No connection is left: refused at the start, unavailable while it runs, and it recovers")
  func maxConnections() async throws {
    let server = try await PostgresServer.ofItsOwn(options: "-c max_connections=6")
    let store = try await PostgresStore.open(server.url("postgres"), limits: .forTests)
    #expect(try await store.scopes() == [])
    var others: [Session] = []
    for _ in 0..<5 {
      let session = try await Session(server.url("postgres"))
      // The connection that opened the store may still be on its way out.
      try await wait { (try? await session.run("SELECT 1")) != nil }
      others.append(session)
    }
    try await expectRefusal(.noConnectionLeft, opening: server.url("postgres"))
    let failure = try await outage {
      try await store.insertScope(try Example.scope("a"), audit: Example.event)
    }
    #expect(failure?.contains("Raise max_connections") == true, "\(failure ?? "")")
    #expect(try await store.scopes() == [], "what has a connection goes on")
    others = []
    try await wait {
      try await outage { try await store.insertScope(try Example.scope("a"), audit: Example.event) } == nil
    }
    await store.close()
    withExtendedLifetime(server) {}
  }

  @Test(
    "A pooler is refused, in whatever mode",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/pgbouncer"), "needs PgBouncer"),
    arguments: ["transaction", "session", "statement"]
  )
  func pooler(mode: String) async throws {
    let server = try await PostgresServer.ofItsOwn(
      making: PostgresServer.cluster + #"""
         && printf '%s\n' '[databases]' "* = host=$folder user=owner" '[pgbouncer]' "listen_port = 6432" \
          "unix_socket_dir = $folder" 'pool_mode = \#(mode)' 'auth_type = any' \
          "pidfile = $folder/bouncer.pid" "logfile = $folder/bouncer.log" >"$folder/bouncer.ini" &&
          /usr/sbin/pgbouncer -d "$folder/bouncer.ini"
        """#
    )
    let url = "postgres://owner@/postgres?host=\(server.folder)&port=6432"
    // The second time the pooler lends a session that the first has used.
    for _ in 0..<2 { try await expectRefusal(.pooler, opening: url) }
    #expect(try await server.run("SELECT count(*)::text FROM pg_class WHERE relname = 'clients'") == "0")
  }
}
