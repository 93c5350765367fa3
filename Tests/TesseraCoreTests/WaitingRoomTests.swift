import TesseraCore
import Testing

/// Who may wait for the store.
@Suite struct WaitingRoomTests {
  /// How many of these parties, coming again and again in turn, find room.
  private func fill(_ room: WaitingRoom<Int>, _ parties: some Collection<Int>) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    var hasRoom = true
    while hasRoom {
      hasRoom = false
      for party in parties where room.enter(party) {
        counts[party, default: 0] += 1
        hasRoom = true
      }
    }
    return counts
  }

  @Test("O6 one party alone gets a third, and another what it needs after that")
  func oneParty() {
    let room = WaitingRoom<Int>(capacity: 2048)
    #expect(fill(room, [1]) == [1: 683])
    #expect(fill(room, [2]) == [2: 455])
    for _ in 0..<100 { #expect(room.enter(3)) }
    #expect(!room.enter(1))
  }

  @Test("O6 there is room for no more than that, however many come")
  func manyParties() {
    let room = WaitingRoom<Int>(capacity: 2048)
    let counts = fill(room, 0..<5000)
    #expect(room.count == 2048)
    #expect(counts.values.reduce(0, +) == 2048)
    #expect(!room.enter(9999))
  }

  @Test("O6 who leaves makes room")
  func leaving() {
    let room = WaitingRoom<Int>(capacity: 3)
    #expect(fill(room, [1]) == [1: 1])
    #expect(room.enter(2))
    #expect(room.enter(3))
    #expect(!room.enter(4))
    room.leave(2)
    // Of a party that does not wait nobody leaves.
    room.leave(2)
    #expect(room.count == 2)
    #expect(!room.enter(1))
    #expect(room.enter(4))
    for party in [1, 3, 4] { room.leave(party) }
    #expect(room.count == 0)
    #expect(room.enter(1))
  }
}
