import Testing

@testable import TesseraCore

/// What identifies an API.
@Suite struct ResourceTests {
  @Test(arguments: [
    "https://api.example", "https://api.example/", "HTTPS://API.example:8443/a/b?c=d&e=%2F",
    "http://127.0.0.1:9000",
    "http://[::1]:9000/x", "https://[2001:db8::1]", "urn:example:api", "urn:x", "a:b", "api+x-1.0:items",
    "tag:example.com,2026:api", "https://a.example/%C3%A4", "https://a.example/a;b=c,d/(e)!$&'*+",
    "https://a.example?",
    "https://a.example/?/?", "https://a.example:", "file:///x", "https://u@a.example",
    "https://xn--bcher-kva.example",
    "https://a.example:65535", "custom://host", "custom:///",
  ])
  func anAbsoluteURIIsOne(uri: String) {
    #expect(Resource(uri)?.uri == uri)
    #expect(Resource(uri)?.isURI == true)
  }

  @Test(arguments: [
    #"https://exa"mple.com"#, "https://x/%zz", "http://", "https://", "https:///x", "https:x", "https:/x",
    "https:",
    "https://x/%", "https://x/%4", "https://x/%4g", "https://x y", "https://x/ ", " https://x", "https://x\n",
    "https://x/<a>",
    "https://x/{a}", "https://x/|", "https://x/^", "https://x/`", #"https://x/\"#, "https://x#a",
    "https://x#", "https://x/ä",
    "https://x:99999", "https://x:a", "https://x:1:2", "https://[::1", "https://::1]", "https://[::g]",
    "https://[127.0.0.1]",
    "https://[v1.a]", "https://[]", "https://[::1]x", "https://a[b", "https://:80", "https://@",
    "https://a@b@c", ":x", "1a:b",
    "-a:b", "é:x", "a_b:c", "urn:", "urn:%", "urn:a#b", "//a.example", "/items", "urn:\u{0}",
    "https://x/\u{7F}", "",
  ])
  func whatIsNoneIsRefused(text: String) {
    #expect(Resource(text) == nil)
  }

  @Test(arguments: ["rabbitmq", "RabbitMQ", "a", "7", "my-api_2", "0-_"])
  func aPlainNameIdentifiesAnAPIToo(name: String) {
    #expect(Resource(name)?.uri == name)
    #expect(Resource(name)?.isURI == false)
  }

  @Test(arguments: [
    "-a", "_a", "api.example", "a b", "a/b", "a,b", "a\"b", "ä", "a%20b", "a+b", "a&b", "a=b", "a*", "a\\b",
  ])
  func anythingElseIsNoName(text: String) {
    #expect(Resource(text) == nil)
  }

  @Test func anIdentifierHasAtMost512Characters() {
    let start = "https://a.example/"
    for rest in [512, 513] {
      let uri = start + String(repeating: "a", count: rest - start.utf8.count)
      #expect((Resource(uri) != nil) == (rest == 512))
      #expect((Resource(stored: uri) != nil) == (rest == 512))
      #expect((Resource(String(repeating: "a", count: rest)) != nil) == (rest == 512))
    }
  }

  @Test func whatAnEarlierVersionRegisteredIsRead() {
    for uri in [#"https://exa"mple.com"#, "https://x/%zz", "http://", "rabbitmq", "https://a.example"] {
      #expect(Resource(stored: uri)?.uri == uri)
    }
    for text in ["", "a b", "https://x#a", "https://x/ä", "a\n"] { #expect(Resource(stored: text) == nil) }
  }
}
