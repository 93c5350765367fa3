import TesseraJOSE
import Testing

@testable import TesseraCore

/// JSON as strictly as RFC 8259 has it, and stricter about repeated members.
@Suite struct JSONTests {
  @Test(arguments: [
    (
      #"{"a":1,"b":[true,false,null],"c":{"d":"e"}}"#,
      JSON.object([
        "a": .number(1), "b": .array([.boolean(true), .boolean(false), .null]),
        "c": .object(["d": .string("e")]),
      ])
    ),
    (" [ ] ", .array([])), ("{}", .object([:])), ("-0.5e+2", .number(-50)), ("1E2", .number(100)),
    (#""\u00e9\n\"\\\/\ud83d\ude00é""#, .string("é\n\"\\/😀é")), ("1e400", .number(.infinity)),
    (#"{"":0}"#, .object(["": .number(0)])),
  ])
  func reads(text: String, value: JSON) {
    #expect(JSON(text.utf8) == value)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "{'a':1}", "01", "+1", ".5", "1.", "1e", "-",
    "0x1",
    "NaN", "Infinity", "tru", "nulll", "\"", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "1 2", "{} {}", "[1 2]", "{\"a\":1 \"b\":2}", "\u{FEFF}{}",
    #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":2}}"#,
  ])
  func refuses(text: String) {
    #expect(JSON(text.utf8) == nil)
  }

  @Test func refusesBadUTF8AndDepthWithoutEnd() {
    #expect(JSON([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]) == nil)
    let depth = JSON.maximumDepth
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(JSON(nested(depth).utf8) != nil)
    #expect(JSON(nested(depth + 1).utf8) == nil)
    #expect(JSON(String(repeating: "[", count: 1 << 20).utf8) == nil)
    #expect(JSON(String(repeating: #"{"a":"#, count: 1 << 18).utf8) == nil)
  }

  @Test(arguments: ["\"1\"", "-1", "1e400", "9007199254740993e3", "null", "true", "[1]", "{}"])
  func isNoNumericDate(text: String) throws {
    #expect(try #require(JSON(text.utf8)).numericDate == nil)
  }

  @Test(arguments: [("0", 0), ("1691671317", 1_691_671_317_000), ("1.5", 1500)] as [(String, Int64)])
  func isANumericDate(text: String, milliseconds: Int64) throws {
    #expect(try #require(JSON(text.utf8)).numericDate == Timestamp(milliseconds: milliseconds))
  }
}
