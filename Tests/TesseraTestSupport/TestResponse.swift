import Foundation

/// An HTTP response as a test sees it.
package struct TestResponse: Sendable, Equatable {
  /// The status code.
  package let status: Int
  /// Names in lower case and values, in order.
  package let headers: [Header]
  /// The body.
  package let body: [UInt8]

  /// One header field.
  package struct Header: Sendable, Equatable {
    /// In lower case.
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(status: Int, headers: [Header], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// The value of a header that may be there once; nil when it is absent, joined when it is repeated.
  package func header(_ name: String) -> String? {
    let values = headers.filter { $0.name == name }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// The body as a JSON object.
  package var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
  }

  /// The member of the JSON body with this name, as a string.
  package func member(_ name: String) -> String? { json[name] as? String }

  /// The access token of a granted request, at either door.
  package var accessToken: String? { member("accessToken") ?? member("access_token") }

  /// Everything but the date and what the request is called, for comparing answers byte for byte.
  package var withoutDate: TestResponse {
    TestResponse(
      status: status,
      headers: headers.filter { !["date", "x-request-id"].contains($0.name) },
      body: body
    )
  }

  /// Reads a response from the start of these bytes, and how many it takes; nil when it is not complete.
  package static func parse(_ bytes: [UInt8], toHEAD: Bool) -> (TestResponse, Int)? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    var lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let statusLine = lines.removeFirst().split(separator: " ")
    guard statusLine.count >= 2, let status = Int(statusLine[1]) else { return nil }
    let headers = lines.compactMap { line -> Header? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return Header(
        name: line[..<colon].lowercased(),
        value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      )
    }
    let declared = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
    let length = toHEAD || status < 200 ? 0 : declared
    guard bytes.count - end.upperBound >= length else { return nil }
    let body = Array(bytes[end.upperBound..<end.upperBound + length])
    return (TestResponse(status: status, headers: headers, body: body), end.upperBound + length)
  }
}
