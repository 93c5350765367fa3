import TesseraCore
import Testing

@Suite struct TraceContextTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let parent = "00f067aa0ba902b7"

  @Test(arguments: ["00-\(trace)-\(parent)-01", "cc-\(trace)-\(parent)-00", "cc-\(trace)-\(parent)-00-more"])
  func aTraceIsRead(text: String) {
    #expect(TraceContext(text)?.traceID == Self.trace)
  }

  @Test(arguments: [
    "", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-01-more", "00-\(trace)-\(parent)-01 ",
    "ff-\(trace)-\(parent)-01",
    "cc-\(trace)-\(parent)-01x", "00-\(trace.uppercased())-\(parent)-01",
    "00-\(trace.dropLast())g-\(parent)-01",
    "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
    "00_\(trace)-\(parent)-01", "é0-\(trace)-\(parent)-01",
  ])
  func whatIsNoneIsIgnored(text: String) {
    #expect(TraceContext(text) == nil)
  }

  @Test(arguments: [("00", false), ("01", true), ("02", false), ("03", true), ("ff", true)])
  func itsParentIsReadAndWhetherItIsKept(flags: String, isSampled: Bool) throws {
    let context = try #require(TraceContext("00-\(Self.trace)-\(Self.parent)-\(flags)"))
    #expect(context.parentID == 0x00f0_67aa_0ba9_02b7 && context.isSampled == isSampled)
  }

  @Test func ofTwoNoneIsBelieved() {
    let good = "00-\(Self.trace)-\(Self.parent)-01"
    #expect(RequestHeaders([("Traceparent", good)]).traceContext != nil)
    #expect(RequestHeaders([("traceparent", good), ("traceparent", good)]).traceContext == nil)
    #expect(RequestHeaders([("trace-parent", good)]).traceContext == nil)
  }
}
