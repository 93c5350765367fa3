import Foundation
import TesseraServer
import Testing

@Suite struct ConfigurationReferenceTests {
  @Test func documentationIsWhatTheRegistrySays() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../../docs/configuration.md"
    )
    #expect(
      try String(contentsOf: page, encoding: .utf8) == ConfigurationReference.markdown,
      "run: tessera config reference > docs/configuration.md"
    )
  }

  @Test func namesAreUniqueAndEveryDefaultIsAllowed() throws {
    let keys = ConfigurationKey.all
    #expect(Set(keys.map(\.name)).count == keys.count)
    #expect(Set(keys.map(\.environmentVariable)).count == keys.count)
    for key in keys where !key.defaultValue.isEmpty {
      #expect(throws: Never.self) { try load(environment: [key.environmentVariable: key.defaultValue]) }
    }
  }

  @Test func tableCellsHoldNoSeparator() {
    for key in ConfigurationKey.all {
      #expect(!(key.allowed + key.documentation + key.defaultValue).contains("|"))
    }
  }
}
