import TesseraCore
import Testing

@Suite struct JSONValueTests {
  private let value = JSONValue.object([
    .init("b", .array([.integer(-1), .boolean(true), .null])), .init("a", .object([])),
    .init("c", .array([])),
  ])

  @Test func membersKeepTheirOrder() {
    #expect(value.text() == #"{"b":[-1,true,null],"a":{},"c":[]}"#)
  }

  @Test func indentedTextHasALineForEachPart() {
    #expect(
      value.text(indentation: 2) == """
        {
          "b": [
            -1,
            true,
            null
          ],
          "a": {},
          "c": []
        }
        """
    )
  }

  @Test(arguments: [
    ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("\u{1}\u{1F}\u{7F}", #""\u0001\u001f\u007f""#),
    ("é漢😀", "\"é漢😀\""), ("\u{E0001}", #""\udb40\udc01""#),
  ])
  func textIsEscaped(_ text: String, _ json: String) {
    #expect(JSONValue.string(text).text() == json)
  }
}
