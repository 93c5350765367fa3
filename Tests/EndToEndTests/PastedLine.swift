import Foundation
import Testing

/// A shell, as the one that somebody pastes a printed line into.
enum PastedLine {
  /// The first line of curl that was printed, with what stands before curl in it.
  static func curl(in output: String) throws -> String {
    try #require(output.split(separator: "\n").first { $0.contains("curl -sS") }.map(String.init))
  }

  /// Runs a line, or several, in a folder of its own unless one is given, and returns what it wrote.
  static func run(
    _ line: String,
    in folder: TemporaryFolder? = nil,
    environment: [String: String] = [:],
    input: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let (folder, files) = (try folder ?? TemporaryFolder(), try TemporaryFolder())
    let (given, answer, errors) = (files.url("input"), files.url("answer"), files.url("errors"))
    try Data(input.utf8).write(to: given)
    let shell = try ChildProcess(
      URL(filePath: "/bin/sh"),
      ["-c", line],
      environment: environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given },
      folder: folder.url,
      input: given,
      output: answer,
      errors: errors
    )
    let status = await shell.status()
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    #expect(status == 0, "\(line): \(said)", sourceLocation: sourceLocation)
    return String(decoding: try Data(contentsOf: answer), as: UTF8.self)
  }
}
