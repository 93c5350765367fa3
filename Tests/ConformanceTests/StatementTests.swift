import Foundation
import Testing

/// `docs/statements.md` and the tests name the same statements.
@Suite struct StatementTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../../").standardized

  /// The IDs in the tables of the page, in their order.
  private static func statedIDs() throws -> [String] {
    let source = #/own|RFC \d+ (?:§|Appendix )[^|\n]+|OpenID [^|\n]+|FAPI 2\.0 [^|\n]+/#
    let row = #/(?m)^\| (SEED|[A-Z][0-9]+) \| ([^|\n]+) \| [^|\n]+ \|$/#
    return try text(of: "docs/statements.md").matches(of: row)
      .filter { try source.wholeMatch(in: $0.2) != nil }.map { String($0.1) }
  }

  /// The IDs that names of tests begin with: in Swift, and in what `script/interop` checks behind gateways.
  private static func testedIDs() throws -> Set<String> {
    let test = #/@Test\(\s*"(SEED|[A-Z][0-9]+) /#
    let check = #/check "(V[0-9]+) /#
    let tests = root.appending(path: "Tests")
    var ids = try Set(text(of: "script/lib/interop-gateways").matches(of: check).map { String($0.1) })
    for name in try FileManager.default.subpathsOfDirectory(atPath: tests.path) where name.hasSuffix(".swift")
    {
      ids.formUnion(try text(of: "Tests/\(name)").matches(of: test).map { String($0.1) })
    }
    return ids
  }

  private static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func everyTestOfAStatementNamesOneThatIsThere() throws {
    #expect(try StatementTests.testedIDs().subtracting(StatementTests.statedIDs()).sorted() == [])
  }

  @Test func everyStatementHasATest() throws {
    let stated = try StatementTests.statedIDs()
    #expect(Set(stated).subtracting(try StatementTests.testedIDs()).sorted() == [])
    #expect(Set(stated).count == stated.count, "an ID stands for one statement")
  }

  @Test func everyRowOfTheTablesIsAStatement() throws {
    let page = try StatementTests.text(of: "docs/statements.md")
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ID ") }
    #expect(try rows.filter { !$0.hasPrefix("| ---") }.count == StatementTests.statedIDs().count)
  }
}
