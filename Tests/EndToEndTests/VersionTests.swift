import Foundation
import TesseraTestSupport
import Testing

/// `tessera version`, and the version everywhere else.
@Suite struct VersionTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  private func version(_ arguments: String...) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(["version"] + arguments, in: TemporaryFolder(database: nil))
  }

  @Test func verboseSaysWhatAReportNeeds() async throws {
    let (brief, verbose) = (try await version(), try await version("--verbose"))
    #expect(
      brief.status == 0 && brief.output.wholeMatch(of: /tessera \d+\.\d+\.\d+\n/) != nil,
      "\(brief.output)"
    )
    let lines = verbose.output.dropFirst(brief.output.count).split(separator: "\n")
    let expected =
      #/  build   (debug|release);  Swift   6\.\d+\.\d+;  SQLite  3\.\d+\.\d+, schema \d\d+;  libpq   \d\d\.\d+, schema \d+/#
    #expect(verbose.output.hasPrefix(brief.output), "\(verbose.output)")
    #expect(lines.joined(separator: ";").wholeMatch(of: expected) != nil, "\(verbose.output)")
  }

  @Test func jsonHasTheSame() async throws {
    let brief = try await version("--format", "json").json
    #expect(brief.keys.sorted() == ["version"])
    let verbose = try await version("--verbose", "--format", "json").json
    #expect(verbose.keys.sorted() == ["build", "stores", "swift", "version"])
    let stores = try #require(verbose["stores"] as? [String: [String: Any]])
    #expect(stores.keys.sorted() == ["libpq", "sqlite"])
    #expect(stores.values.allSatisfy { ($0["schema"] as? Int ?? 0) > 0 })
  }

  /// What is shown of a package, and what `deploy/` runs, is of the version of these sources.
  @Test(arguments: ["README.md", "deploy/compose.yaml", "deploy/kubernetes/deployment.yaml", "CHANGELOG.md"])
  func everyPageNamesThisVersion(path: String) async throws {
    let current = String(try await version().output.dropFirst("tessera ".count).dropLast())
    let text = try String(contentsOf: VersionTests.root.appending(path: path), encoding: .utf8)
    let named = text.matches(of: /tessera[_:](\d+\.\d+\.\d+)/).map { String($0.1) }
    #expect(named.allSatisfy { $0 == current }, "\(named)")
    let isNamed = path == "CHANGELOG.md" ? text.contains("\n## \(current) - ") : !named.isEmpty
    #expect(isNamed, "\(path) does not name \(current)")
  }
}
