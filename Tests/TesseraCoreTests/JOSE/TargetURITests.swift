import TesseraJOSE
import Testing

/// One form for all spellings of a URL (RFC 3986 §6.2).
@Suite struct TargetURITests {
  @Test(arguments: [
    ("https://a.example", "https://a.example/"), ("HTTPS://A.Example/", "https://a.example/"),
    ("https://a.example:443/b", "https://a.example/b"), ("http://a.example:80/b", "http://a.example/b"),
    ("https://a.example:80/b", "https://a.example:80/b"), ("http://a.example:/b", "http://a.example/b"),
    ("https://a.example/b?c#d", "https://a.example/b"), ("https://a.example?b/c", "https://a.example/"),
    ("https://a.example/%7eb%2f%2F%41", "https://a.example/~b%2F%2FA"),
    ("https://a.example/b/./c/../d", "https://a.example/b/d"),
    ("https://a.example/b/..", "https://a.example/"),
    ("https://a.example/b/%2e%2E/c", "https://a.example/c"),
    ("https://a.example/../../b", "https://a.example/b"),
    ("https://a.example//b//", "https://a.example//b//"), ("https://a.example/b/.", "https://a.example/b/"),
    ("http://[::1]:8080/B", "http://[::1]:8080/B"), ("http://[::A]", "http://[::a]/"),
    ("http://127.0.0.1:00080/", "http://127.0.0.1/"),
  ])
  func isOneURL(text: String, normal: String) {
    #expect(TargetURI(text)?.text == normal)
    #expect(TargetURI(normal)?.text == normal)
  }

  @Test(arguments: [
    "", ":", "https", "https:", "https:/a", "https://", "https:///a", "//a.example", "/a", "ftp://a.example",
    "https://user@a.example/", "https://a.example:b/", "https://a.example:123456/", "https://a.example/%",
    "https://a.example/%4", "https://a.example/%zz", "https://a.example/ ", "https://a.example/é",
    "https://é.example/", "https://[::1", "https://[]/", "https://[::g]/", "https://a b/", "javascript://a/",
    "https://a.example\\b", "https://a.example/\u{0}",
  ])
  func isNone(text: String) {
    #expect(TargetURI(text) == nil)
  }

  @Test func lengthIsBounded() {
    let room = TargetURI.maximumLength - "https://a/".utf8.count
    #expect(TargetURI("https://a/" + String(repeating: "b", count: room)) != nil)
    #expect(TargetURI("https://a/" + String(repeating: "b", count: room + 1)) == nil)
    #expect(TargetURI(String(repeating: "https://", count: 1 << 17)) == nil)
  }
}
