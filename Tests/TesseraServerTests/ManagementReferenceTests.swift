import Foundation
import TesseraServer
import Testing

@Suite struct ManagementReferenceTests {
  @Test func documentationIsWhatTheOperationsSay() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/api.md")
    #expect(
      try String(contentsOf: page, encoding: .utf8) == ManagementReference.markdown,
      "run: tessera api reference > docs/api.md"
    )
  }
}
