import Foundation
import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct Base64URLTests {
  /// By Foundation, so that our own code is not tested with itself.
  private static func encoded(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
      "=",
      with: ""
    )
  }

  @Test func agreesWithFoundationForEveryLength() {
    for length in 0..<70 {
      let bytes = RandomSource.system.bytes(count: length)
      let text = Base64URLTests.encoded(bytes)
      #expect(Base64URL.encode(bytes) == text)
      #expect(Base64URL.decode(text.utf8) == bytes)
    }
  }

  @Test(arguments: ["a", "aaaaa", "aa==", "aaa=", "aa+a", "aa/a", "aa a", "aa\na", "ab", "aab", "é", "aaé"])
  func refusesWhatNobodyWouldWrite(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }
}
