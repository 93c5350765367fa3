import Foundation
import Testing

/// Links between pages lead somewhere.
@Suite struct DocumentationLinkTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../../").standardized

  /// The pages, by their path below the root.
  private static func pages() throws -> [String: String] {
    let manager = FileManager.default
    var paths = try manager.contentsOfDirectory(atPath: root.path) + ["Benchmarks/README.md"]
    paths += try manager.subpathsOfDirectory(atPath: root.appending(path: "docs").path).map { "docs/\($0)" }
    return try Dictionary(
      uniqueKeysWithValues: paths.filter { $0.hasSuffix(".md") }.map {
        ($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8))
      }
    )
  }

  /// The anchors of a page, made from its headings as GitHub makes them.
  private static func anchors(of page: String) -> Set<String> {
    let headings = page.matches(of: #/(?m)^#+ (.+)$/#).map { $0.1.lowercased() }
    return Set(
      headings.map { heading in
        heading.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.replacing(" ", with: "-")
      }
    )
  }

  @Test func everyRelativeLinkLeadsToAFileAndAHeading() throws {
    let pages = try DocumentationLinkTests.pages()
    #expect(pages.count > 15)
    for (path, page) in pages {
      let folder = DocumentationLinkTests.root.appending(path: path).deletingLastPathComponent()
      for link in page.matches(of: #/\]\(([^)#:\s]*)(?:#([^)\s]+))?\)/#) {
        let target =
          link.1.isEmpty
          ? DocumentationLinkTests.root.appending(path: path)
          : folder.appending(path: String(link.1)).standardized
        guard FileManager.default.fileExists(atPath: target.path) else {
          Issue.record("\(path): there is no \(link.1)")
          continue
        }
        guard let anchor = link.2 else { continue }
        let text = try String(contentsOf: target, encoding: .utf8)
        #expect(
          DocumentationLinkTests.anchors(of: text).contains(String(anchor)),
          "\(path): \(link.1) has no heading for #\(anchor)"
        )
      }
    }
  }
}
