import CLibPQ
import TesseraCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a database is and how it is connected to, from a URL as libpq takes it.
struct ConnectionURL: Sendable {
  /// The name of the place in messages: hosts, ports and database, never user or password.
  let place: String
  /// The same as what follows the scheme in a URL.
  let shown: String
  /// What libpq gets, by its names.
  let parameters: [(name: String, value: String)]
  /// What must be in no message.
  let password: String?
  /// Where the password is read from for each connection; nil when it is in the URL, or where libpq looks for it.
  let passwordFile: StorePassword?

  /// Throws for what is no such URL.
  ///
  /// No part of it is in the error: any may be a piece of the password.
  init(
    _ text: String,
    passwordFile: StorePassword? = nil,
    limits: Limits,
    environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
  ) throws(ConnectionProblem) {
    var options = try ConnectionURL.options(of: text)
    let hosts = ConnectionURL.list(options["host"] ?? environment("PGHOST"))
    let addresses = ConnectionURL.list(options["hostaddr"] ?? environment("PGHOSTADDR"))
    let ports = ConnectionURL.list(options["port"])
    // What follows an `@`, `/` or `:` that was not encoded in the password ends up in these.
    let isSplitWrongly =
      hosts.contains { $0.contains("@") && !$0.hasPrefix("@") }
      || ports.contains { !$0.isEmpty && UInt16($0) == nil }
      || options["dbname"].map { $0.contains("@") || $0.contains("/") } ?? false
    guard !isSplitWrongly else { throw ConnectionProblem(.badURL, at: "the URL") }

    let servers = hosts.isEmpty ? addresses : hosts
    let named = ConnectionURL.named(servers, ports)
    let target = named.isEmpty ? "the local socket" : named.joined(separator: ", ")
    place = options["dbname"].map { "database \($0) at \(target)" } ?? target
    shown = "//" + named.joined(separator: ",") + (options["dbname"].map { "/\($0)" } ?? "")
    password = options["password"]
    self.passwordFile = passwordFile
    guard password == nil || passwordFile == nil else { throw ConnectionProblem(.twoPasswords, at: place) }
    if options["sslmode"] == nil, environment("PGSSLMODE") == nil {
      guard options["service"] ?? environment("PGSERVICE") == nil else {
        throw ConnectionProblem(.serviceWithoutTLSMode, at: place)
      }
      let isLocal = (addresses.isEmpty ? hosts : addresses).allSatisfy(ConnectionURL.isLocal)
      if !isLocal { options["sslmode"] = "require" }
    }
    let seconds = String(max(2, limits.connecting / 1000))
    for (name, value) in [
      ("application_name", "tessera"), ("connect_timeout", seconds), ("keepalives_idle", "10"),
      ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", String(limits.answer)),
    ] where options[name] == nil { options[name] = value }
    // Of several, the one that can be written to: others lag behind.
    if max(servers.count, addresses.count) > 1, options["target_session_attrs"] == nil {
      options["target_session_attrs"] = "read-write"
    }
    options["client_encoding"] = "UTF8"
    parameters = options.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }

  private static func options(of text: String) throws(ConnectionProblem) -> [String: String] {
    // libpq would take what does not begin so for words of another syntax.
    guard ["postgres://", "postgresql://"].contains(where: text.hasPrefix), !text.utf8.contains(0) else {
      throw ConnectionProblem(.badURL, at: "the URL")
    }
    var message: UnsafeMutablePointer<CChar>?
    let parsed = PQconninfoParse(text, &message)
    defer {
      PQconninfoFree(parsed)
      PQfreemem(message)
    }
    guard var option = parsed else { throw ConnectionProblem(.badURL, at: "the URL") }
    var options: [String: String] = [:]
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return options
  }

  /// Several are separated by commas.
  private static func list(_ text: String?) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// The servers with their ports.
  private static func named(_ servers: [String], _ ports: [String]) -> [String] {
    servers.enumerated().map { index, server in
      // One port is that of all.
      let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
      let host = server.contains(":") ? "[\(server)]" : server
      return port.isEmpty ? host : "\(host):\(port)"
    }
  }

  /// Whether nothing leaves the machine: a socket of the file system, or a loopback address.
  private static func isLocal(_ host: String) -> Bool {
    host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
      || host.isLoopbackIPv4
  }
}

extension String {
  fileprivate var isLoopbackIPv4: Bool {
    let bytes = split(separator: ".", omittingEmptySubsequences: false)
    return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
  }
}
