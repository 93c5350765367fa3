import Testing

@testable import TesseraHTTP

/// Who has been idle for longest.
@Suite struct IdleListTests {
  @Test func theOldestComesFirstAndTheBusyNotAtAll() {
    var list = IdleList<String>()
    #expect(list.oldestSince == .max)
    #expect(list.takeOldest() == nil)
    let (first, second, third) = (list.add("a"), list.add("b"), list.add("c"))
    list.setIdle(first, since: 1)
    list.setIdle(second, since: 2)
    list.setIdle(third, since: 3)
    list.setIdle(first, since: 4)
    #expect(list.oldestSince == 2)
    list.setBusy(second)
    list.setBusy(second)
    #expect(list.takeOldest() == "c")
    #expect(list.takeOldest() == "a")
    #expect(list.takeOldest() == nil)
  }

  /// Against a list that is searched.
  @Test func agreesWithASimpleList() {
    var generator = SystemRandomNumberGenerator()
    var list = IdleList<Int>()
    var places: [Int: Int] = [:]
    var idle: [Int] = []
    for step in 1...5000 {
      let element = Int.random(in: 0..<20, using: &generator)
      guard let place = places[element] else {
        places[element] = list.add(element)
        continue
      }
      idle.removeAll { $0 == element }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        list.remove(place)
        places[element] = nil
      case 1: list.setBusy(place)
      case 2:
        list.setIdle(place, since: UInt64(step))
        idle.append(element)
      default:
        list.setBusy(place)
        if let oldest = idle.first {
          idle.removeFirst()
          #expect(list.takeOldest() == oldest)
        } else {
          #expect(list.takeOldest() == nil)
        }
      }
    }
  }
}
