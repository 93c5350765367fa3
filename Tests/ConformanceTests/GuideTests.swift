import Foundation
import Testing

/// The code in docs/guides is what stands in the files that it is from.
@Suite struct GuideTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  private struct Quotation {
    /// The file that its first line names; nil when it names none.
    let file: String?
    let lines: [String]
  }

  private static func lines(of path: String) throws -> [String] {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The blocks of Swift in a guide.
  private static func quotations(in guide: String) throws -> [Quotation] {
    var quotations: [Quotation] = []
    var (file, block) = (nil as String?, nil as [String]?)
    for line in try lines(of: guide) {
      if line == "```", let lines = block {
        quotations.append(Quotation(file: file, lines: lines))
        block = nil
      } else if block != nil {
        block?.append(line)
      } else if line.hasPrefix("```swift") {
        file = line.firstMatch(of: /\s(\S+)$/).map { String($0.1) }
        block = []
      }
    }
    return quotations
  }

  static func guides() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs/guides").path)
      .filter { $0.hasSuffix(".md") && $0 != "README.md" }.sorted()
  }

  @Test("A guide quotes files that are there, as they are but for indentation", arguments: try guides())
  func quotesWhatIsThere(guide: String) throws {
    let quotations = try GuideTests.quotations(in: "docs/guides/\(guide)")
    #expect(!quotations.isEmpty)
    for quotation in quotations {
      let file = try #require(quotation.file, "no file is named for \(quotation.lines)")
      let text = try GuideTests.lines(of: file)
      let isThere = text.indices.contains { text[$0...].starts(with: quotation.lines) }
      #expect(isThere, "not in \(file): \(quotation.lines.joined(separator: "\n"))")
    }
  }

  @Test("A guide ends in a list of steps", arguments: try guides())
  func endsInSteps(guide: String) throws {
    let lines = try GuideTests.lines(of: "docs/guides/\(guide)")
    let heading = try #require(lines.lastIndex { $0.hasPrefix("## ") })
    #expect(lines[heading] == "## Steps")
    #expect(lines[heading...].contains { $0.hasPrefix("1. ") })
  }
}
