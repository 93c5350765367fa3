import Foundation

/// A PostgreSQL in a temporary folder, on a socket in it: one for the whole test process, or one of a test that stops it
/// or needs it otherwise.
///
/// A shell stands between: it stops the server and removes the folder when its input ends, which it does when this
/// process does, however that comes about.
package struct PostgresServer: Sendable {
  /// Why there is none.
  package struct Missing: Error, CustomStringConvertible {
    package let description: String
  }

  /// Where its socket and its data are.
  package let folder: String
  private let shell: Shell

  /// The two ends at which the shell is spoken to; it ends when both are let go of.
  private final class Shell: Sendable {
    let input: Int32
    let output: Int32

    init(input: Int32, output: Int32) {
      self.input = input
      self.output = output
    }

    deinit {
      close(input)
      close(output)
    }

    /// The next line that it writes.
    func line() -> String {
      var line: [UInt8] = []
      var byte: UInt8 = 0
      while read(output, &byte, 1) == 1, byte != 10 { line.append(byte) }
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// The one of this process, started when it is asked for first.
  package static var shared: PostgresServer {
    get async throws { try await starting.value }
  }

  private static let starting = Task<PostgresServer, any Error> { try await ofItsOwn() }

  /// Another one, which is there until it is let go of.
  ///
  /// `making` are lines of the shell that make its data, and more if need be, in `$folder`; what has its number in a file
  /// `*.pid` there is stopped with it.
  package static func ofItsOwn(
    making: String = PostgresServer.cluster,
    options: String = "-c max_connections=300"
  ) async throws -> PostgresServer {
    try await onThread { try launch(making, options) }
  }

  /// Makes an empty one, with users who have to say a password and who are refused.
  package static let cluster = #"""
    "$bin/initdb" -D "$folder/data" -U owner -E UTF8 --locale=C -A trust --no-sync &&
      printf '%s\n' 'local all guarded,renewed scram-sha-256' 'local all refused reject' 'local all all trust' \
        'local replication all trust' 'host all all 127.0.0.1/32 trust' >"$folder/data/pg_hba.conf"
    """#

  private static func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
  }

  /// Stops it at once, as when its machine is lost: what was committed is there when it is started again.
  package func stop() async throws { try await tell("stop") }

  /// Starts it again.
  package func start() async throws { try await tell("start") }

  private func tell(_ command: String) async throws {
    let shell = shell
    let answer = try await PostgresServer.onThread {
      let text = Array("\(command)\n".utf8)
      _ = write(shell.input, text, text.count)
      return shell.line()
    }
    guard answer == "done" else { throw Missing(description: "PostgreSQL did not \(command)") }
  }

  private static let script = #"""
    trap '' INT TERM HUP
    cd /
    options=$3
    bin=$(dirname "$(readlink -f "$1/initdb")")
    folder=$(mktemp -d /tmp/tessera-postgres-XXXXXX)
    halt() { "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >>"$folder/log" 2>&1; }
    stop() {
      for file in "$folder"/*.pid; do
        [ ! -f "$file" ] || kill "$(cat "$file")"
      done
      halt
      rm -rf "$folder"
    }
    start() {
      "$bin/pg_ctl" -D "$folder/data" -l "$folder/server" -w start -o \
        "-k $folder -c listen_addresses= -c fsync=off -c full_page_writes=off -c autovacuum=off \
        -c log_min_messages=fatal $options" \
        >>"$folder/log" 2>&1 </dev/null
    }
    eval "$2" >"$folder/log" 2>&1 && start ||
      { tr '\n' ' ' <"$folder/log"; echo; stop; exit 1; }
    echo "ready $folder"
    while read -r command; do
      case $command in
        stop) halt && echo "done" || echo failed ;;
        start) start && echo "done" || echo failed ;;
      esac
    done
    stop
    """#

  private static func launch(_ making: String, _ options: String) throws -> PostgresServer {
    let command = ["/bin/sh", "-c", script, "sh", try programs(), making, options]
    // PostgreSQL does not run as root.
    let words = getuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + command : command
    let shell = try spawn(words)
    let text = shell.line()
    guard text.hasPrefix("ready ") else { throw Missing(description: "PostgreSQL did not start: \(text)") }
    return PostgresServer(folder: String(text.dropFirst(6)), shell: shell)
  }

  /// Starts a process whose input and output other children do not inherit, and which inherits nothing else: it lives
  /// long, and would keep the pipes of other tests open.
  private static func spawn(_ words: [String]) throws -> Shell {
    var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&input) == 0, pipe(&output) == 0 else { throw Missing(description: "there is no pipe left") }
    for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    for name in try FileManager.default.contentsOfDirectory(atPath: "/dev/fd") {
      if let open = Int32(name), open > 2 { posix_spawn_file_actions_addclose(&actions, open) }
    }
    let arguments = words.map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + environment { free(pointer) } }
    var identifier = pid_t()
    let result = posix_spawn(&identifier, words[0], &actions, nil, arguments, environment)
    close(input[0])
    close(output[1])
    guard result == 0 else { throw Missing(description: "\(words[0]) cannot be run") }
    return Shell(input: input[1], output: output[0])
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
  package func url(_ database: String, user: String = "owner", password: String? = nil, _ rest: String = "")
    -> String
  {
    let secret = password.map { ":\($0)" } ?? ""
    return "postgres://\(user)\(secret)@/\(database)?host=\(folder)\(rest)"
  }
}
