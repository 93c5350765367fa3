import Testing

@testable import TesseraCore

@Suite struct GenerationalCacheTests {
  @Test func neverHoldsMoreThanItsCapacity() {
    var cache = GenerationalCache<Int, Int>(capacity: 10)
    for key in 0..<1000 { cache.insert(key, for: key) }
    #expect((0..<1000).filter { cache.value(for: $0) != nil }.count <= 10)
    #expect(cache.value(for: 999) == 999)
  }

  @Test func keepsWhatIsUsed() {
    var cache = GenerationalCache<Int, Int>(capacity: 10)
    cache.insert(-1, for: -1)
    for key in 0..<1000 {
      cache.insert(key, for: key)
      #expect(cache.value(for: -1) == -1)
    }
  }

  @Test func forgetsWhatIsRemovedInEitherGeneration() {
    var cache = GenerationalCache<Int, Int>(capacity: 4)
    for key in 0..<3 { cache.insert(key, for: key) }
    for key in 0..<3 { cache.remove(key) }
    #expect(cache.isEmpty)
    for key in 0..<3 { #expect(cache.value(for: key) == nil) }
  }

  @Test func aNewValueReplacesTheOldOneInEitherGeneration() {
    var cache = GenerationalCache<Int, Int>(capacity: 4)
    for key in 0..<3 { cache.insert(key, for: key) }
    for key in 0..<3 {
      cache.insert(key + 10, for: key)
      #expect(cache.value(for: key) == key + 10)
    }
  }
}
