import Foundation
import TesseraTestSupport
import Testing

/// What docs/operations.md says to do when something is lost or has leaked, in the words of the page.
struct Playbook {
  static let heading = "When something is lost or has leaked"

  private let consoles: [[String]]

  /// The one with this title.
  init(_ title: String) throws {
    consoles = try Page("docs/operations.md").section(Playbook.heading).subsection(title).consoles
  }

  /// How many consoles it has.
  var count: Int { consoles.count }

  /// Runs the lines of a console one after the other, as they stand there, and returns what each wrote.
  ///
  /// `/media` is a folder in that of the test.
  func run(_ console: Int, in folder: TemporaryFolder) async throws -> [String] {
    let bin = TesseraProcess.binary.deletingLastPathComponent().path
    var environment = try await folder.environment
    environment["PATH"] = "\(bin):/usr/bin:/bin"
    var outputs: [String] = []
    for line in try #require(consoles.indices.contains(console) ? consoles[console] : nil) {
      try #require(line.hasPrefix("$ "), "every line is a command: \(line)")
      let command = String(line.dropFirst(2)).replacing("/media/", with: folder.url("media/").path + "/")
      outputs.append(try await PastedLine.run(command, in: folder, environment: environment))
    }
    return outputs
  }
}
