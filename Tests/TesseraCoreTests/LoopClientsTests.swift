import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct LoopClientsTests {
  /// One of sixteen clients whose IDs have the same place.
  private func client(_ number: UInt8) -> CachedClient {
    let bytes = [UInt8](repeating: number << 4, count: 8) + [UInt8](repeating: 0, count: 7) + [number << 4]
    return CachedClient(
      Client(
        id: ClientID(uuid: UUIDText.Value(bytes: bytes)),
        name: "client",
        scopes: [],
        createdAt: Timestamp(milliseconds: 0)
      )
    )
  }

  @Test("A client gets a copy when it is asked for again")
  func admission() {
    var clients = LoopClients()
    let client = client(1)
    let before = clients.client(client.client.id)
    let first = clients.admit(client)
    #expect(before == nil && first === client)
    let copy = clients.admit(client)
    #expect(copy !== client && copy.client.id == client.client.id)
    let found = clients.client(client.client.id)
    #expect(found === copy)
  }

  @Test("Clients that are asked for in turn make no copies, and push nobody out who is asked for")
  func turns() {
    var clients = LoopClients()
    let used = client(0)
    _ = clients.admit(used)
    let copy = clients.admit(used)
    for _ in 0..<3 {
      for other in (1..<16).map(client) {
        let known = clients.client(other.client.id)
        let admitted = clients.admit(other)
        let found = clients.client(used.client.id)
        #expect(known == nil && admitted === other && found === copy)
      }
    }
  }

  @Test("A client takes the place of another that is not asked for any more")
  func succession() {
    var clients = LoopClients()
    let (first, second) = (client(1), client(2))
    for _ in 0..<2 { _ = clients.admit(first) }
    let before = clients.client(first.client.id)
    for _ in 0..<2 { _ = clients.admit(second) }
    let (pushedOut, successor) = (clients.client(first.client.id), clients.client(second.client.id))
    #expect(before != nil && pushedOut == nil && successor != nil)
  }
}
