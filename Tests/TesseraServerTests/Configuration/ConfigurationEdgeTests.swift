import Foundation
import TesseraServer
import Testing

/// Every limit that the reference documents, at its edge, from both sides.
@Suite struct ConfigurationEdgeTests {
  /// A key whose value is a number, and between which numbers.
  struct Numbers: Sendable, CustomTestStringConvertible {
    let name: String
    let variable: String
    let range: ClosedRange<Int>
    var testDescription: String { name }

    static let all = ConfigurationKey.all.compactMap { key -> Numbers? in
      guard let match = key.allowed.firstMatch(of: /an integer from (\d+) to (\d+)/),
        let lower = Int(match.1), let upper = Int(match.2)
      else { return nil }
      return Numbers(name: key.name, variable: key.environmentVariable, range: lower...upper)
    }
  }

  @Test func numbersAreFound() {
    let names = Set(Numbers.all.map(\.name))
    #expect(names.isSuperset(of: ["http.max-connections", "http.request-timeout", "http.idle-timeout"]))
  }

  @Test(arguments: Numbers.all)
  func numbersAreTakenUpToTheirEdges(_ key: Numbers) throws {
    // What other keys have to do with it is another test.
    func isOutside(_ number: Int) throws -> Bool {
      try refusal(environment: [key.variable: String(number)])?.contains("an integer from") == true
    }
    #expect(try !isOutside(key.range.lowerBound))
    #expect(try !isOutside(key.range.upperBound))
    #expect(try isOutside(key.range.lowerBound - 1))
    #expect(try isOutside(key.range.upperBound + 1))
  }

  @Test(arguments: ["TESSERA_ISSUER", "TESSERA_DOCUMENTATION"])
  func urlsHaveAtMost512Characters(_ variable: String) throws {
    let key = try #require(ConfigurationKey.all.first { $0.environmentVariable == variable })
    let start = "https://tokens.example.com/"
    func isRefused(length: Int) throws -> Bool {
      let url = start + String(repeating: "a", count: length - start.count)
      return try refusal(environment: [variable: url])?.contains(key.allowed) == true
    }
    #expect(try !isRefused(length: 512))
    #expect(try isRefused(length: 513))
  }

  @Test func aFileHasAtMostOneMebibyte() throws {
    let settings = "http: {port: 1}\n#"
    func yaml(size: Int) -> String { settings + String(repeating: "-", count: size - settings.utf8.count) }
    #expect(try load(yaml: yaml(size: 1 << 20)).http.port == 1)
    #expect(try refusal(yaml: yaml(size: 1 << 20 + 1)) == "tessera.yaml is not a text of at most 1 MiB")
  }
}
