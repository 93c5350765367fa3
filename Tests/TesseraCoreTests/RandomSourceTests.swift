import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct RandomSourceTests {
  @Test(arguments: [0, 1, 7, 8, 12, 20, 32, 256, 257, 5000])
  func givesAsManyBytesAsAsked(count: Int) {
    #expect(RandomSource.system.bytes(count: count).count == count)
  }

  /// More draws than the pool holds, from many tasks at once: no 12 bytes come twice.
  @Test func neverGivesTheSameTwice() async {
    let draws = await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { (0..<5000).map { _ in RandomSource.system.bytes(count: 12) } }
      }
      return await group.reduce(into: Set<[UInt8]>()) { $0.formUnion($1) }
    }
    #expect(draws.count == 40_000)
  }
}
