import TesseraHTTP
import Testing

@testable import TesseraServer

/// What docs/guides/key.md makes works.
@Suite struct KeyGuideTests {
  @Test func theKeyOfTheGuideIsTakenUpToItsEdges() {
    for (text, isTaken) in [("1", true), ("100", true), ("0", false), ("101", false), ("", false)] {
      var configuration = ServerConfiguration()
      #expect(ConfigurationKey.lines.write(&configuration, [text]) == isTaken, "\(text)")
      if isTaken { #expect(ConfigurationKey.lines.value(in: configuration) == text) }
    }
  }

  @Test func theKeyOfTheGuideIsDocumented() {
    let standard = ServerConfiguration().http.limits.maximumConnections
    #expect(
      ConfigurationReference.row(.lines)
        == "| `toy.lines` | `TESSERA_TOY_LINES` | `\(standard)` | an integer from 1 to 100 (lines) "
        + "| How many lines the toy has. |"
    )
  }
}
