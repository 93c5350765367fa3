import TesseraCore
import Testing

@Suite struct ScopeListTests {
  @Test(
    "commas with spaces on either side, and plain spaces, separate scopes",
    arguments: [
      "item,event", "item, event", "item ,event", "item , event", " item,event ", "item event",
      "  item   event  ",
    ]
  )
  func lists(text: String) {
    #expect(ScopeList.names(in: text) == ["item", "event"])
  }

  @Test(
    "a comma without a scope on one of its sides is no list",
    arguments: [
      "", " ", ",", "item,", ",item", "item,,event", "item, ,event", " , ",
    ]
  )
  func noLists(text: String) {
    #expect(ScopeList.names(in: text) == nil)
  }

  @Test func aSetHasAtMost64Scopes() {
    let names = (0..<65).map { Substring("s\($0)") }
    #expect(ScopeSet(names: Array(names[..<64]))?.scopes.count == 64)
    #expect(ScopeSet(names: names) == nil)
    #expect(ScopeSet(names: ["item", "a,b"]) == nil)
  }
}
