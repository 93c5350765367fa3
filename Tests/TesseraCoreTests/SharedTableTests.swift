import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct SharedTableTests {
  private typealias Table = SharedTable<[UInt8], Int>

  private func id(_ number: Int) throws -> ClientID { try #require(ClientID("client \(number)")) }

  private func key(_ number: Int, size: Int = 1000) -> [UInt8] {
    Array("\(number)".utf8) + [UInt8](repeating: 0, count: size)
  }

  @Test func itsBytesAreBoundedWhoeverFillsIt() throws {
    var table = Table()
    for number in 0..<20_000 {
      table.insert(number, for: key(number), size: 1010, by: try id(number))
      #expect(table.extent.size <= 2 * Table.capacity)
    }
    #expect(table.value(for: key(19_999)) == 19_999)
    #expect(table.value(for: key(0)) == nil, "what nobody uses is forgotten")
  }

  @Test("O2 one client adds a few entries, and pushes out nothing that others use")
  func oneClient() throws {
    var table = Table()
    table.insert(-1, for: key(-1), size: 1000, by: try id(1))
    for number in 0..<20_000 { table.insert(number, for: key(number), size: 1000, by: try id(2)) }
    #expect(table.extent.count == Table.entriesPerClient + 1)
    #expect(table.value(for: key(-1)) == -1)
  }

  @Test func whatIsUsedStays() throws {
    var table = Table()
    table.insert(-1, for: key(-1), size: 1000, by: try id(1))
    for number in 0..<20_000 {
      table.insert(number, for: key(number), size: 1000, by: try id(number))
      #expect(table.value(for: key(-1)) == -1)
    }
  }

  @Test func whatIsTooLargeIsNotKept() throws {
    var table = Table()
    table.insert(1, for: key(1), size: Table.largestKey, by: try id(1))
    table.insert(2, for: key(2), size: Table.largestKey + 1, by: try id(1))
    #expect(table.value(for: key(1)) == 1)
    #expect(table.value(for: key(2)) == nil)
  }

  /// By a client that asks for the same scopes in ever new words.
  @Test("O2 what one client asks in ever new words leaves no trace beyond a bound")
  func everNewWords() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let shared = try server.directory.facts().sharedQuestions
      for number in 0..<200 {
        let words = "item" + String(repeating: " ", count: number + 1) + "event"
        #expect(try await server.send(client.tokenRequest(["scope": words])).status == 200)
      }
      #expect(shared.extent.count <= Table.entriesPerClient)
      let long = "item" + String(repeating: " ", count: 8000) + "event"
      #expect(try await server.send(client.tokenRequest(["scope": long])).status == 200)
      #expect(shared.extent.size <= Table.entriesPerClient * (Table.largestKey + 64))
    }
  }
}
