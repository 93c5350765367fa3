import Foundation
import Testing

/// A page of the documentation, for tests that do what it says.
struct Page {
  private let text: String

  /// Reads it; the path is below the folder of the repository.
  init(_ path: String) throws {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  private init(text: String) {
    self.text = text
  }

  /// What stands under a heading of the second level.
  func section(_ heading: String) throws -> Page {
    try part(heading, level: "## ")
  }

  /// What stands under a heading of the third level.
  func subsection(_ heading: String) throws -> Page {
    try part(heading, level: "### ")
  }

  private func part(_ heading: String, level: String) throws -> Page {
    Page(
      text: String(
        try #require(text.split(separator: "\n\(level)").first { $0.hasPrefix(heading + "\n") }, "\(heading)")
      )
    )
  }

  /// The headings of the third level.
  var subsections: [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("### ") }.map { String($0.dropFirst(4)) }
  }

  /// The first block in this language.
  func file(_ language: String) -> String? {
    text.components(separatedBy: "```").first { $0.hasPrefix(language + "\n") }
      .map { String($0.dropFirst(language.count + 1)) }
  }

  /// The consoles, as lines.
  var consoles: [[String]] {
    text.split(separator: "```").filter { $0.hasPrefix("console\n") }
      .map { $0.split(separator: "\n").dropFirst().map(String.init) }
  }
}
