import TesseraCore
import Testing

@testable import TesseraPostgres

@Suite("Why PostgreSQL cannot be used, in the words of an operator")
struct ConnectionProblemTests {
  private static let lost = ConnectionProblem.Kind.interrupted("the connection was lost while it was opened")

  @Test(
    "What libpq says is told as what to do",
    arguments: [
      ("FATAL:  password authentication failed for user \"u\"\n", ConnectionProblem.Kind.wrongPassword),
      ("fe_sendauth: no password supplied\n", .noPassword),
      ("FATAL:  database \"d\" does not exist\n", .noDatabase),
      ("FATAL:  database \"d\" is not currently accepting connections\n", .closedDatabase),
      ("FATAL:  role \"u\" does not exist\n", .wrongUser),
      ("FATAL:  Peer authentication failed for user \"u\"\n", .wrongUser),
      ("FATAL:  no pg_hba.conf entry for host \"10.0.0.1\", user \"u\"\n", .notAllowed),
      ("FATAL:  sorry, too many clients already\n", .noConnectionLeft),
      ("FATAL:  remaining connection slots are reserved for non-replication superuser\n", .noConnectionLeft),
      ("server does not support SSL, but SSL was required\n", .noTLS),
      ("root certificate file \"/r.crt\" does not exist\nEither provide the file\n", .noRootCertificate),
      ("SSL error: certificate verify failed\n", .wrongCertificate),
      ("server certificate for \"a\" does not match host name \"b\"\n", .wrongCertificate),
      ("failed: session is read-only\n", .readOnly),
      ("FATAL:  the database system is starting up\n", .notReady),
      ("could not translate host name \"h\" to address: Name or service not known\n", .hostUnknown),
      ("failed: Connection refused\n\tIs the server running\n", .refused),
      ("failed: No such file or directory\n\tIs the server running locally\n", .noSocket),
      ("failed: timeout expired\n", .unreachable), ("failed: No route to host\n", .unreachable),
      ("server closed the connection unexpectedly\n\tThis probably means\n", lost),
      ("could not receive data from server: Connection reset by peer\n", lost),
      ("FATAL:  unsupported startup parameter: x\n", .pooler),
    ]
  )
  func known(message: String, kind: ConnectionProblem.Kind) {
    #expect(ConnectionProblem.Kind(message: message, password: nil) == kind)
  }

  @Test("What is not known is told as libpq says it, without the password")
  func unknown() {
    let kind = ConnectionProblem.Kind(message: "first\nNachricht über hunter2.\n", password: "hunter2")
    #expect(kind == .other("Nachricht über …"))
    #expect(ConnectionProblem.Kind(message: "", password: "") == .other("it cannot be connected to"))
  }

  @Test(
    "A text is one line that names the place and ends as a sentence",
    arguments: [
      ConnectionProblem.Kind.badURL, .serviceWithoutTLSMode, .hostUnknown, .refused, .noSocket, .unreachable,
      .wrongPassword, .noPassword, .wrongUser, .noDatabase, .closedDatabase, .notAllowed, .noTLS,
      .noRootCertificate,
      .wrongCertificate, .noConnectionLeft, .notReady, .readOnly, .tooOld("13"), .wrongEncoding("LATIN1"),
      .pooler,
      .noSchema, .noRights, .foreignTables, .madeByNewerVersion, .twoPasswords,
      .passwordFile(.failed("the file is empty")), .interrupted("it was lost"), .other("reason"),
    ]
  )
  func text(kind: ConnectionProblem.Kind) {
    let text = ConnectionProblem(kind, at: "database d at h:1").description
    #expect(text.hasPrefix("Cannot use PostgreSQL, database d at h:1: "))
    #expect(text.hasSuffix("."))
    #expect(!text.contains("\n"))
  }
}
