import NIOCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// Lines that anybody can cause do not fill the log.
@Suite struct PacedWarningTests {
  @Test func isWrittenOnceAMinuteAndCountsTheRest() {
    let log = TestLog()
    let warning = PacedWarning(log.logger)
    let start = NIODeadline.uptimeNanoseconds(1)
    for second in 0..<60 { warning.write("refused", detail: "a", at: start + .seconds(Int64(second))) }
    #expect(log.lines == ["refused detail=a"])
    warning.write("something else", at: start + .seconds(59))
    #expect(log.lines.last == "something else")
    warning.write("refused", at: start + .seconds(60))
    #expect(log.lines.last == "refused times_since_the_last_line=59")
    warning.write("refused", at: start + .seconds(120))
    #expect(log.lines.last == "refused")
  }
}
