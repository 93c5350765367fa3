import TesseraCore
import TesseraServer
import Testing

@Suite struct OutboundRulesTests {
  @Test(arguments: [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.192",
    "168.63.129.16", "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "fe80::1",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::1", "100::1",
    "3fff::1", "4000::1",
  ])
  func isNoAddressOnTheInternet(text: String) throws {
    let address = try #require(SourceAddress(text))
    #expect(!OutboundRules().allows(address))
    // Unless an operator says so.
    #expect(try #require(OutboundRules([text])).allows(address))
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
    "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1", "223.255.255.255",
    "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888",
  ])
  func isAnAddressOnTheInternet(text: String) throws {
    #expect(OutboundRules().allows(try #require(SourceAddress(text))))
  }

  @Test func onlyWhatIsListedIsAllowedBesides() throws {
    let rules = try #require(OutboundRules(["10.1.0.0/16", "keys.example"]))
    #expect(rules.allows(try #require(SourceAddress("10.1.2.3"))))
    #expect(!rules.allows(try #require(SourceAddress("10.2.0.1"))))
    for entry in [
      "", "KEYS.example", "keys.example:443", "https://keys.example", "0.0.0.0/0", "10.0.0.1/8", "a b",
    ] {
      #expect(OutboundRules([entry]) == nil, "\(entry)")
    }
  }

  @Test(arguments: [
    "http://keys.example/", "HTTPS://keys.example/", "https:///", "https://user@keys.example/",
    "https://user:secret@keys.example/", "https://keys.example/#a", "https://KEYS.example/",
    "https://keys%2eexample/", "https://%6cocalhost/",
    "https://keys.example:0/", "https://keys.example:65536/", "https://2130706433/", "https://127.1/",
    "https://0x7f.0.0.1/", "https://kéys.example/", "ftp://keys.example/", "https://keys.example./ a",
    "https://keys.example\\@10.0.0.1/", "https://[::1/", "", "https://", "https://keys..example/",
  ])
  func isNoURLToAsk(text: String) {
    #expect(OutboundURL(text) == nil)
  }

  @Test func hostsAreRead() {
    #expect(OutboundURL("https://keys.example/a?b=c")?.host == "keys.example")
    #expect(OutboundURL("https://[::1]:8443/")?.host == "::1")
    #expect(OutboundURL("https://127.0.0.1")?.host == "127.0.0.1")
  }
}
