import TesseraJOSE
import TesseraSupport
import Testing

@testable import TesseraClient

/// Dates and URLs.
@Suite struct TextFormTests {
  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200_000),
  ])
  func httpDates(text: String, milliseconds: Int64) {
    #expect(Timestamp(httpDate: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 XXX 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov +994 08:49:37 GMT",
  ])
  func textsThatAreNoHTTPDates(text: String) {
    #expect(Timestamp(httpDate: text)?.milliseconds == nil)
  }

  @Test(arguments: [
    ("2023-08-10T12:41:57.643Z", 1_691_671_317_643), ("2023-08-10T12:41:57Z", 1_691_671_317_000),
    ("2023-08-10T12:41:57.6Z", 1_691_671_317_600), ("2023-08-10T12:41:57.643999Z", 1_691_671_317_643),
    ("2000-02-29T00:00:00.000Z", 951_782_400_000),
  ])
  func iso8601(text: String, milliseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "Z", "2023-08-10", "2023-08-10T12:41:57.643", "2023-08-10T12:41:57.643+02:00",
    "2023-13-10T12:41:57.643Z", "2023-08-10T12:41:57.Z", "2023-08-10T12:41:57.-43Z",
    "2023-08-1xT12:41:57Z", "1969-08-10T12:41:57Z",
    "2023-08-10T12:41:57." + String(repeating: "1", count: 99) + "Z",
  ])
  func textsThatAreNotISO8601(text: String) {
    #expect(Timestamp(iso8601: text)?.milliseconds == nil)
  }

  @Test(arguments: [
    "https://login.example.com/oauth/token", "HTTPS://login.example.com", "http://localhost:8080/oauth/token",
    "http://127.0.0.1/", "http://127.1.2.3/", "http://[::1]:8080/oauth/token", "https://a/token?tenant=1",
  ])
  func goodTokenEndpoints(text: String) {
    #expect(throws: Never.self) { try TokenEndpointURL(text, allowsPlainHTTP: false) }
  }

  @Test(arguments: [
    ("", InvalidTokenEndpoint.notAnHTTPURL), ("/oauth/token", .notAnHTTPURL), ("ftp://a/b", .notAnHTTPURL),
    ("https://", .notAnHTTPURL), ("https:///oauth/token", .notAnHTTPURL), ("https://a/b#c", .hasFragment),
    ("https://user:hush@a/b", .hasUserInformation), ("https://user@a/b", .hasUserInformation),
    ("http://login.example.com/oauth/token", .isNotEncrypted),
    ("http://127.0.0.1.example.com/", .isNotEncrypted),
    ("http://10.0.0.1/", .isNotEncrypted),
  ])
  func badTokenEndpoints(text: String, problem: InvalidTokenEndpoint) {
    #expect(throws: problem) { try TokenEndpointURL(text, allowsPlainHTTP: false) }
  }

  @Test func plainHTTPCanBeAllowed() {
    #expect(throws: Never.self) { try TokenEndpointURL("http://tessera:8080/", allowsPlainHTTP: true) }
  }

  @Test func forms() {
    #expect(FormEncoding.encode([("a b", "c&d=ü"), ("e", "-._~")]) == "a%20b=c%26d%3D%C3%BC&e=-._~")
  }
}
