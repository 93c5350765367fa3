import TesseraJOSE
import TesseraSupport

/// The date as it stands in answers: it changes once a second, so it is written once a second.
struct DateText {
  private let clock: WallClock
  private let render: @Sendable (_ date: String) -> String
  private var second = Int64.min
  private var text = ""

  init(clock: WallClock, _ render: @escaping @Sendable (_ date: String) -> String) {
    self.clock = clock
    self.render = render
  }

  mutating func current() -> String {
    let now = clock.now
    let second = now.milliseconds / 1000
    if second != self.second {
      self.second = second
      text = render(now.httpDate)
    }
    return text
  }
}
