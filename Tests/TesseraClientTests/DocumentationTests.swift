import Foundation
import Testing

@testable import TesseraClient

/// The code in the documentation compiles, because it stands in `Snippets`.
@Suite struct DocumentationTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
  }

  /// The blocks of code in the comments of a file: what is indented after an empty line.
  private static func blocks(_ path: String) throws -> [[String]] {
    var blocks: [[String]] = []
    var (isAfterBlank, isInBlock) = (false, false)
    for line in try lines(path) {
      if line.hasPrefix("///     "), isAfterBlank || isInBlock {
        if !isInBlock { blocks.append([]) }
        isInBlock = true
        blocks[blocks.count - 1].append(line.dropFirst(3).trimmingCharacters(in: .whitespaces))
      } else {
        isInBlock = false
      }
      isAfterBlank = line == "///"
    }
    return blocks
  }

  @Test func everySnippetCompiles() throws {
    let snippets = try DocumentationTests.lines("Tests/TesseraClientTests/Snippets.swift")
    let folder = DocumentationTests.root.appending(path: "Sources/TesseraClient").path
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
    let blocks = try files.flatMap { try DocumentationTests.blocks("Sources/TesseraClient/\($0)") }
    #expect(blocks.count >= 7)
    for block in blocks {
      let isThere = snippets.indices.contains { snippets[$0...].starts(with: block) }
      #expect(isThere, "not in Snippets.swift: \(block.joined(separator: "\n"))")
    }
  }

  @Test func theSnippetsMakeSources() throws {
    #expect(try Snippets.privateKey().requester.builder.dialect == .rfc6749)
    #expect(try Snippets.kubernetes().requester.dpop == nil)
    #expect(try Snippets.gitHubActions().requester.dpop == nil)
    #expect(try Snippets.certificate().requester.settings.certificate?.file == "/etc/app/tls.crt")
    #expect(try Snippets.dpop().dpop?.allowsBearerTokens == false)
    #expect(throws: InvalidPrivateKey.self) { try Snippets.readKey() }
  }
}
