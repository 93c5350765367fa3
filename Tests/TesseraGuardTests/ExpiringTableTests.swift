import Crypto
import Testing

@testable import TesseraGuard

/// The table compared with one that is obviously right.
@Suite struct ExpiringTableTests {
  private func key(_ number: Int) -> SHA256.Digest { SHA256.hash(data: [UInt8(number)]) }

  @Test func itKeepsWhatIsNewestAndNotExpired() {
    var table = ExpiringTable<Int>(capacity: 8)
    var oracle: [(key: Int, value: Int, until: Int)] = []
    var state: UInt64 = 42
    for step in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Int(state >> 33) % 24
      let now = step / 3
      let found = oracle.first { $0.key == number && now < $0.until }?.value
      #expect(table.value(key(number), at: .seconds(now)) == found)
      if state >> 60 == 0 {
        table.remove(key(number))
        oracle.removeAll { $0.key == number }
      } else if found == nil {
        let until = now + 5
        table.insert(step, for: key(number), until: .seconds(until), at: .seconds(now))
        oracle.removeAll { $0.key == number }
        oracle.append((number, step, until))
        oracle.removeFirst(max(0, oracle.count - 8))
      }
      #expect(table.count <= 8)
    }
  }
}
