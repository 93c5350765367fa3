import TesseraCore

/// Why a database cannot be used: one line that tells an operator what to do.
struct ConnectionProblem: Error, Sendable, Equatable {
  /// The kinds of problem there are.
  enum Kind: Sendable, Equatable {
    case badURL
    case serviceWithoutTLSMode
    case hostUnknown
    case refused
    case noSocket
    case unreachable
    case wrongPassword
    case noPassword
    case wrongUser
    case noDatabase
    case closedDatabase
    case notAllowed
    case noTLS
    case noRootCertificate
    case wrongCertificate
    case noConnectionLeft
    case notReady
    case readOnly
    case tooOld(String)
    case wrongEncoding(String)
    case pooler
    case noSchema
    case noRights
    case foreignTables
    case madeByNewerVersion
    case twoPasswords
    /// The file with the password cannot be used.
    case passwordFile(StoreOpeningError)
    /// The connection was lost, or the server gave a statement up.
    case interrupted(String)
    /// Anything else, in words that have no password in them.
    case other(String)
  }

  let kind: Kind
  /// Which database it is.
  let place: String

  init(_ kind: Kind, at place: String) {
    self.kind = kind
    self.place = place
  }
}

extension ConnectionProblem: CustomStringConvertible {
  var description: String { "Cannot use PostgreSQL, \(place): \(advice)" }

  private var advice: String {
    switch kind {
    case .badURL:
      "it must be postgres://user:password@host:port/database, with @ / : ? # % in the password written as %40 "
        + "%2F %3A %3F %23 %25."
    case .serviceWithoutTLSMode:
      "a service is named. Say in the URL what TLS it needs, such as sslmode=verify-full."
    case .hostUnknown: "no such host is known. Correct the host, or the name server."
    case .refused: "nothing listens there. Start PostgreSQL, or correct host and port."
    case .noSocket: "there is no such socket. Start PostgreSQL, or correct the folder of its socket."
    case .unreachable: "it does not answer in time. Check the network, the firewall and the host."
    case .wrongPassword: "the password is wrong. Correct it in the URL or the password file."
    case .noPassword: "a password is needed. Put it into a file that store-password-file or PGPASSFILE names."
    case .twoPasswords: "a password is in the URL and in the file of store-password-file. Remove one of them."
    case .passwordFile(.failed(let text)), .passwordFile(.unreachable(let text)): "\(text)."
    case .passwordFile(.absent): "there is no password file."
    case .wrongUser: "it does not know this user, or not from here. Create the user, or correct the URL."
    case .noDatabase: "there is no such database. Create it (createdb), or correct the URL."
    case .closedDatabase:
      "it takes no connections at present. Allow them: ALTER DATABASE … ALLOW_CONNECTIONS true."
    case .notAllowed:
      "its pg_hba.conf allows this user no such connection. Add a line for it, or use TLS."
    case .noTLS:
      "it has no TLS, which is asked for. Turn ssl on there, or add sslmode=disable in a network that you trust."
    case .noRootCertificate: "the file of root certificates is missing. Name it by sslrootcert in the URL."
    case .wrongCertificate:
      "its certificate is not for this host, or not from an authority that is trusted. Correct it, the host or "
        + "sslrootcert."
    case .noConnectionLeft: "it has no connection left. Raise max_connections, or run fewer nodes."
    case .notReady: "it is starting or shutting down. Try again."
    case .readOnly: "it is read-only, perhaps a standby. Name the primary, or all as postgres://a,b/database."
    case .tooOld(let version): "it is version \(version). Upgrade it to 14 or later."
    case .wrongEncoding(let encoding):
      "its encoding is \(encoding). Create the database with encoding UTF8 (createdb -E UTF8 -T template0)."
    case .pooler:
      "a connection pooler is in between. Name PostgreSQL itself; a node needs seven connections."
    case .noSchema:
      "the user's search_path names no schema that exists. Create it, or correct the search_path."
    case .noRights:
      "the user lacks rights. Make it the owner of the database, or of the schema and the tables of Tessera in it."
    case .foreignTables: "it has tables of another program. Create a database for Tessera alone."
    case .madeByNewerVersion: "its tables were made by a newer version of Tessera. Run that version."
    case .interrupted(let text): "\(text). Try again."
    case .other(let text): "\(text)."
    }
  }
}

extension ConnectionProblem.Kind {
  /// Whether it is an outage, which ends with nobody changing how Tessera is set up: a start waits for that.
  ///
  /// A name that is not known is one: the name server may be down, or an orchestrator be about to start the database.
  var mayPass: Bool {
    switch self {
    case .hostUnknown, .refused, .noSocket, .unreachable, .closedDatabase, .noConnectionLeft, .notReady,
      .readOnly,
      .interrupted:
      true
    case .badURL, .serviceWithoutTLSMode, .wrongPassword, .noPassword, .wrongUser, .noDatabase, .notAllowed,
      .noTLS, .noRootCertificate, .wrongCertificate, .tooOld, .wrongEncoding, .pooler, .noSchema, .noRights,
      .foreignTables, .madeByNewerVersion, .twoPasswords, .passwordFile, .other:
      false
    }
  }
}

extension ConnectionProblem.Kind {
  /// What libpq says when it cannot connect: it tells no code, only a text.
  init(message: String, password: String?) {
    let lost = ConnectionProblem.Kind.interrupted("the connection was lost while it was opened")
    let known: [(ConnectionProblem.Kind, [String])] = [
      (.wrongPassword, ["password authentication failed"]),
      (.noPassword, ["no password supplied"]),
      (.noDatabase, ["database \"", "does not exist"]),
      (.closedDatabase, ["is not currently accepting connections"]),
      (.wrongUser, ["role \"", "does not exist"]),
      (.wrongUser, ["Peer authentication failed"]),
      (.wrongUser, ["Ident authentication failed"]),
      (.notAllowed, ["pg_hba.conf"]),
      (.noConnectionLeft, ["too many connections"]),
      (.noConnectionLeft, ["too many clients"]),
      (.noConnectionLeft, ["connection slots are reserved"]),
      (.noRights, ["permission denied for database"]),
      (.noRootCertificate, ["root certificate file", "does not exist"]),
      (.wrongCertificate, ["certificate verify failed"]),
      (.wrongCertificate, ["does not match host name"]),
      (.noTLS, ["does not support SSL"]),
      (.readOnly, ["session is read-only"]),
      (.readOnly, ["hot standby mode"]),
      (.pooler, ["unsupported startup parameter"]),
      (.notReady, ["the database system is"]),
      (.hostUnknown, ["could not translate host name"]),
      (.refused, ["Connection refused"]),
      (.noSocket, ["No such file or directory"]),
      (.unreachable, ["timeout expired"]),
      (.unreachable, ["timed out"]),
      (.unreachable, ["No route to host"]),
      (.unreachable, ["Network is unreachable"]),
      (lost, ["server closed the connection unexpectedly"]),
      (lost, ["could not receive data from server"]),
      (lost, ["could not send data to server"]),
      (lost, ["Connection reset by peer"]),
      (lost, ["SSL SYSCALL error"]),
      (lost, ["unexpected eof"]),
    ]
    let match = known.first { $0.1.allSatisfy(message.contains) }
    self = match?.0 ?? .other(ConnectionProblem.Kind.cleared(message, of: password))
  }

  /// The last line of what libpq says, without the password.
  private static func cleared(_ message: String, of password: String?) -> String {
    var text = message.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    if let password, !password.isEmpty { text.replace(password, with: "…") }
    while text.last == "." || text.last == " " { text.removeLast() }
    return text.isEmpty ? "it cannot be connected to" : text
  }
}
