import Testing

@testable import TesseraCore

@Suite struct QuotaMeterTests {
  @Test func aBurstIsThereAtOnceAndComesBackOneByOne() {
    let (meter, quota) = (QuotaMeter(), Quota(perMinute: 60, burst: 3))
    #expect((0..<3).map { _ in meter.take(quota, at: 5).remaining } == [2, 1, 0])
    let refused = meter.take(quota, at: 5)
    #expect(refused.isExceeded && refused.isRefused && refused.remaining == 0 && refused.reset == 1)
    #expect(meter.take(quota, at: 1004).isExceeded, "one comes back in a second")
    #expect(!meter.take(quota, at: 1005).isExceeded)
    #expect(meter.take(quota, at: 1005).isExceeded)
    let later = meter.take(quota, at: 1_000_000)
    #expect(!later.isExceeded && later.remaining == 2, "no more than the burst")
    #expect(later.reset == 1)
  }

  @Test(
    arguments: [
      (1, 1, 60), (1, 5, 300), (7, 3, 26), (59, 1, 2), (60, 1, 1), (600, 100, 10), (600, 1, 1),
      (1_000_000, 1, 1),
      (1, 1_000_000, 60_000_000), (1_000_000, 1_000_000, 60),
    ]
  )
  func resetSaysWhenAllOfItIsBack(perMinute: Int, burst: Int, seconds: Int) {
    let (meter, quota) = (QuotaMeter(), Quota(perMinute: perMinute, burst: burst))
    var last = meter.take(quota, at: 0)
    for _ in 1..<min(burst, 100_000) { last = meter.take(quota, at: 0) }
    #expect(!last.isExceeded)
    guard burst <= 100_000 else { return }
    #expect(last.remaining == 0 && last.reset == seconds)
    #expect(meter.take(quota, at: 0).isExceeded)
    #expect(!meter.take(quota, at: Int64(seconds) * 1000).isExceeded)
  }

  @Test(arguments: [1, 7, 60, 600, 997, 60_000, 1_000_000])
  func inTheLongRunItIsTheRate(perMinute: Int) {
    let (meter, quota) = (QuotaMeter(), Quota(perMinute: perMinute, burst: max(2, perMinute / 1000)))
    var granted = 0
    for millisecond in 0..<Int64(60_000) {
      for _ in 0...perMinute / 60_000 where !meter.take(quota, at: millisecond).isExceeded { granted += 1 }
    }
    #expect(abs(granted - perMinute) <= quota.burst, "\(granted)")
  }

  @Test func anotherQuotaCountsAtOnceAndOwesNoMoreThanItself() {
    let meter = QuotaMeter()
    for _ in 0..<1000 { _ = meter.take(Quota(perMinute: 1, burst: 1000), at: 0) }
    let quota = Quota(perMinute: 600, burst: 2)
    #expect(meter.take(quota, at: 0).reset == 1, "not the thousand minutes of the other")
    #expect(!meter.take(quota, at: 200).isExceeded)
    #expect(!meter.take(Quota(perMinute: 600, burst: 100), at: 200).isExceeded)
  }

  @Test func whatOnlyLogsIsToldOnceAMinute() {
    let meter = QuotaMeter()
    #expect(
      !QuotaOutcome(quota: Quota(perMinute: 1, isLogOnly: true), isExceeded: true, remaining: 0, reset: 1)
        .isRefused
    )
    #expect(meter.noteExcess(at: 0) == 1)
    for time in 1...100 as ClosedRange<Int64> { #expect(meter.noteExcess(at: time) == nil) }
    #expect(meter.noteExcess(at: 59_999) == nil)
    #expect(meter.noteExcess(at: 60_000) == 102)
  }

  @Test func ofManyThreadsAsManyAreLetThroughAsThereIsRoomFor() async {
    let (meter, quota) = (QuotaMeter(), Quota(perMinute: 1, burst: 500))
    let granted = await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { (0..<500).count { _ in !meter.take(quota, at: 7).isExceeded } }
      }
      return await group.reduce(0, +)
    }
    #expect(granted == 500)
  }
}
