import TesseraCore
import TesseraTestSupport
import Testing

/// A cursor is believed only as it was given out.
@Suite struct CursorSealerTests {
  @Test func everyCharacterCounts() throws {
    let sealer = CursorSealer(masterKey: try #require(MasterKey(bytes: [UInt8](repeating: 1, count: 32))))
    let other = CursorSealer(masterKey: try #require(MasterKey(bytes: [UInt8](repeating: 2, count: 32))))
    let cursor = sealer.seal("a place", for: "a list")
    #expect(sealer.open(cursor, for: "a list") == "a place")
    #expect(sealer.open(cursor, for: "another list") == nil)
    #expect(other.open(cursor, for: "a list") == nil)
    for place in cursor.utf8.indices {
      let letter = cursor[place] == "A" ? "B" : "A"
      let altered = cursor[..<place] + letter + cursor[cursor.index(after: place)...]
      #expect(sealer.open(String(altered), for: "a list") == nil, "\(altered)")
    }
    // What is right in its last byte is not right.
    for number in 0..<1000 {
      #expect(other.open(sealer.seal("\(number)", for: "a list"), for: "a list") == nil)
    }
  }
}
