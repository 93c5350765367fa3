import Foundation
import Synchronization
import Testing

@testable import TesseraPostgres

/// One PostgreSQL for the whole test process, in a temporary folder, on a socket in it and on no port.
///
/// A shell stands between: it stops the server and removes the folder when its input ends, which it does when this
/// process does, however that comes about.
struct PostgresServer: Sendable {
  /// Why there is none.
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// Where its socket and its data are.
  let folder: String

  /// The one of this process, started when it is asked for first.
  static var shared: PostgresServer {
    get async throws { try await starting.value }
  }

  private static let starting = Task { try await onThread(start) }
  /// What must not be given back while the process runs.
  private static let shell = Mutex<(process: Process, input: Pipe)?>(nil)

  private static let script = #"""
    trap '' INT TERM HUP
    cd /
    bin=$1
    folder=$(mktemp -d /tmp/tessera-postgres-XXXXXX)
    stop() {
      "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >>"$folder/log" 2>&1
      rm -rf "$folder"
    }
    "$bin/initdb" -D "$folder/data" -U owner -E UTF8 --locale=C -A trust --no-sync >"$folder/log" 2>&1 &&
      printf 'local all guarded scram-sha-256\nlocal all refused reject\nlocal all all trust\n' \
        >"$folder/data/pg_hba.conf" &&
      "$bin/pg_ctl" -D "$folder/data" -l "$folder/server" -w start -o \
        "-k $folder -c listen_addresses= -c fsync=off -c max_connections=300 -c log_min_messages=fatal" \
        >>"$folder/log" 2>&1 </dev/null ||
      { tr '\n' ' ' <"$folder/log"; echo; stop; exit 1; }
    echo "ready $folder"
    read -r _
    stop
    """#

  private static func start() throws -> PostgresServer {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    let command = ["/bin/sh", "-c", script, "sh", try programs()]
    // PostgreSQL does not run as root.
    let words = getuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + command : command
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    shell.withLock { $0 = (process, input) }
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), let first = byte.first, first != 10 {
      line.append(first)
    }
    let text = String(decoding: line, as: UTF8.self)
    guard text.hasPrefix("ready ") else { throw Missing(description: "PostgreSQL did not start: \(text)") }
    return PostgresServer(folder: String(text.dropFirst(6)))
  }

  /// Where initdb and pg_ctl are: on the path, or where Debian puts them, the newest first.
  private static func programs() throws -> String {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let root = "/usr/lib/postgresql"
    let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
      .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
    let folders = path + versions.map { "\(root)/\($0)/bin" }
    guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") })
    else {
      throw Missing(
        description: "these tests need PostgreSQL: apt-get install postgresql, or run script/test"
      )
    }
    return folder
  }

  /// The URL of a database.
  func url(_ database: String, user: String = "owner", password: String? = nil, _ rest: String = "") -> String
  {
    let secret = password.map { ":\($0)" } ?? ""
    return "postgres://\(user)\(secret)@/\(database)?host=\(folder)\(rest)"
  }
}
