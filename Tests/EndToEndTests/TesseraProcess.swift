import Foundation

/// The real `tessera` binary as a process of its own.
final class TesseraProcess: Sendable {
  /// What a finished process leaves behind.
  struct Outcome: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The output as a JSON object.
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }

    /// The member of the JSON output with this name, as a string.
    func member(_ name: String) -> String? { json[name] as? String }
  }

  private let child: ChildProcess
  private let folder: TemporaryFolder
  private let outputFile: URL
  private let errorFile: URL

  /// Starts it with these arguments.
  ///
  /// The environment is empty but for `environment`, that of the folder, a `PATH` and a free port for the management
  /// listener.
  init(
    _ arguments: [String],
    in folder: TemporaryFolder,
    environment: [String: String] = [:],
    openFiles: Int? = nil,
    listening: [CInt] = [],
    input: String = ""
  ) async throws {
    self.folder = folder
    let name = UUID().uuidString
    outputFile = folder.url(name + ".out")
    errorFile = folder.url(name + ".err")
    let inputFile = folder.url(name + ".in")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    try Data(input.utf8).write(to: inputFile)
    let ours = ["PATH": "/usr/bin:/bin", "TESSERA_MANAGEMENT_PORT": "0"]
    let usual = try await folder.environment.merging(ours) { $1 }
    child = try ChildProcess(
      TesseraProcess.binary,
      arguments,
      environment: usual.merging(environment) { $1 },
      openFiles: openFiles,
      listening: listening,
      folder: folder.url,
      input: inputFile,
      output: outputFile,
      errors: errorFile
    )
  }

  /// Beside the test binary, where the build puts every product.
  static let binary: URL = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "tessera")
  }()

  /// Runs it to its end.
  static func run(
    _ arguments: [String],
    in folder: TemporaryFolder,
    environment: [String: String] = [:],
    input: String = ""
  ) async throws -> Outcome {
    let process = try await TesseraProcess(arguments, in: folder, environment: environment, input: input)
    return try await process.outcome()
  }

  /// Waits for the end.
  ///
  /// The status is negative for a signal.
  func outcome() async throws -> Outcome {
    let status = await child.status()
    return Outcome(status: status, output: try output(), errors: try errors())
  }

  /// What it has written to standard output so far.
  func output() throws -> String {
    String(decoding: try Data(contentsOf: outputFile), as: UTF8.self)
  }

  /// What it has written to standard error so far.
  func errors() throws -> String {
    String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
  }

  /// Its number.
  var identifier: pid_t { child.identifier }

  /// Whether it has ended.
  var hasEnded: Bool { child.hasEnded }

  /// The bytes of memory that it has; nil when it has ended.
  var residentSize: Int? { child.residentSize }

  /// Sends a signal.
  func signal(_ number: Int32) {
    child.signal(number)
  }

  /// Runs a line of the shell, where `$TESSERA` is the binary, and returns its exit status.
  static func shell(_ line: String, in folder: TemporaryFolder) async throws -> Int32 {
    let null = URL(filePath: "/dev/null")
    let ours = [
      "PATH": "/usr/bin:/bin", "TESSERA": TesseraProcess.binary.path, "TESSERA_MANAGEMENT_PORT": "0",
    ]
    let environment = try await folder.environment.merging(ours) { $1 }
    let child = try ChildProcess(
      URL(filePath: "/bin/sh"),
      ["-c", line],
      environment: environment,
      folder: folder.url,
      input: null,
      output: null,
      errors: null
    )
    return await child.status()
  }
}
