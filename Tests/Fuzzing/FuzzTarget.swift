import Foundation

/// Something that reads what strangers send, and is given bytes that nobody chose.
///
/// It has to end, and to end well: a trap, a hang or memory without bound is found by libFuzzer.
struct FuzzTarget: Sendable {
  /// What it is called by.
  let name: String
  let read: @Sendable ([UInt8]) -> Void

  /// Each is one file beside this one, and one line here.
  static let all: [FuzzTarget] = [
    .jws, .assertion, .proof, .keySet, .keyDocument, .certificate, .revocationList, .certificateField,
  ]

  /// The one that the variable FUZZ_TARGET names.
  static let chosen: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      fatalError("FUZZ_TARGET has to be one of \(all.map(\.name).joined(separator: ", "))")
    }
    return target
  }()
}

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.read(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
