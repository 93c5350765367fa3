/// An HTTP request that a test builds.
package struct TestRequest: Sendable {
  /// The method.
  package var method = "POST"
  /// The request target.
  package var target = Door.current.rawValue
  /// Header fields in order.
  ///
  /// `Host` and `Content-Length` are added when sent.
  package var headers: [(String, String)] = [("Content-Type", "application/x-www-form-urlencoded")]
  /// The body.
  package var body: [UInt8] = []

  package init() {}

  /// A form whose names and values are encoded.
  package init(form: [(String, String)]) {
    body = Array(TestRequest.encoded(form).utf8)
  }

  /// A body sent as it is.
  package init(body: String) {
    self.body = Array(body.utf8)
  }

  /// A request for the key set.
  ///
  /// It is answered from memory from the start: where a deadline is short, no store is waited for by chance.
  package static let keySet = {
    var request = TestRequest()
    request.method = "GET"
    request.target = "/.well-known/jwks.json"
    request.headers = []
    return request
  }()

  /// The same with one more header field.
  package func adding(_ name: String, _ value: String) -> TestRequest {
    var copy = self
    copy.headers.append((name, value))
    return copy
  }

  /// The same to another target.
  package func at(_ target: String) -> TestRequest {
    var copy = self
    copy.target = target
    return copy
  }

  /// The same as a TLS proxy passes it on that was asked from this address.
  package func forwarded(for address: String) -> TestRequest {
    adding("X-Forwarded-For", address).adding("X-Forwarded-Proto", "https")
  }

  /// The same with credentials in a Basic header, exactly as given.
  package func basic(_ id: String, _ secret: String) -> TestRequest {
    adding("Authorization", "Basic " + base64("\(id):\(secret)"))
  }

  /// The bytes that go over the wire.
  package var bytes: [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    text += "Content-Length: \(body.count)\r\n\r\n"
    return Array(text.utf8) + body
  }

  /// `application/x-www-form-urlencoded`.
  package static func encoded(_ form: [(String, String)]) -> String {
    form.map { "\(formEncoded($0))=\(formEncoded($1))" }.joined(separator: "&")
  }
}

/// One name or value in `application/x-www-form-urlencoded`.
package func formEncoded(_ text: String) -> String {
  text.utf8.map { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      String(UnicodeScalar(byte))
    case UInt8(ascii: " "): "+"
    default: "%" + String(byte, radix: 16, uppercase: true).leftPadded(to: 2)
    }
  }.joined()
}

extension String {
  fileprivate func leftPadded(to length: Int) -> String {
    String(repeating: "0", count: max(0, length - count)) + self
  }
}
