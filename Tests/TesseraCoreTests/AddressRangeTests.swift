import TesseraCore
import Testing

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("127.0.0.0/8", "127.255.0.1", true), ("127.0.0.0/8", "128.0.0.1", false),
    ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
    ("10.128.0.0/9", "10.200.0.1", true), ("10.128.0.0/9", "10.127.255.255", false),
    ("192.168.1.4/31", "192.168.1.5", true), ("192.168.1.4/31", "192.168.1.6", false),
    ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
    ("::/0", "2001:db8::1", true), ("::/0", "203.0.113.9", false),
    ("::1", "::1", true), ("::1", "::2", false),
    ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
    ("10.0.0.0/8", "::ffff:10.9.8.7", true), ("::ffff:10.0.0.0/104", "10.9.8.7", true),
    ("::ffff:10.0.0.0/104", "11.0.0.1", false),
  ])
  func rangeContainsExactlyTheAddressesWithItsPrefix(
    _ range: String,
    _ address: String,
    _ isContained: Bool
  ) throws {
    let range = try #require(AddressRange(range))
    let address = try #require(SourceAddress(address))
    #expect(range.contains(address) == isContained)
  }

  @Test func unknownAddressIsInNoRange() throws {
    for text in ["0.0.0.0/0", "::/0"] {
      #expect(try #require(AddressRange(text)).contains(.unknown) == false)
    }
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
    "10.0.0.1/8", "10.0.0.0/ 8", "10.0.0.0/1000", "::/129", "2001:db8::1/64", "::ffff:10.0.0.0/8",
    "localhost", "10.0.0/8",
  ])
  func anythingElseIsNotARange(_ text: String) {
    #expect(AddressRange(text) == nil)
  }

  @Test func descriptionIsWhatWasWritten() {
    #expect(AddressRange("2001:db8::/32")?.description == "2001:db8::/32")
  }
}
