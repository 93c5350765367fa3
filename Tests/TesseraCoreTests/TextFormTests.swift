import Foundation
import TesseraJOSE
import Testing

@testable import TesseraCore

/// The text forms that are written by hand, against Foundation or the vectors of their RFC.
@Suite struct TextFormTests {
  @Test func iso8601HasExactlyThreeFractionalDigits() throws {
    let table: [(Int64, String)] = [
      (1_691_671_317_643, "2023-08-10T12:41:57.643Z"), (0, "1970-01-01T00:00:00.000Z"),
      (951_782_400_123, "2000-02-29T00:00:00.123Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ]
    for (milliseconds, text) in table { #expect(Timestamp(milliseconds: milliseconds).iso8601 == text) }
  }

  @Test func datesAgreeWithFoundation() {
    let iso8601 = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
    let http = DateFormatter()
    http.locale = Locale(identifier: "en_US_POSIX")
    http.timeZone = TimeZone(identifier: "GMT")
    http.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    for day in stride(from: Int64(-20_000), through: 60_000, by: 97) {
      let seconds = day * 86_400 + (day * 7919) % 43_200
      let date = Date(timeIntervalSince1970: Double(seconds))
      let timestamp = Timestamp(milliseconds: seconds * 1000)
      #expect(timestamp.iso8601.dropLast(5) + "Z" == date.formatted(iso8601))
      #expect(timestamp.httpDate == http.string(from: date))
    }
  }

  @Test func addingTimeSaturates() {
    #expect(Timestamp(milliseconds: .max).advanced(bySeconds: 1).milliseconds == .max)
    #expect(Timestamp(milliseconds: .min).advanced(bySeconds: -1).milliseconds == .min)
    #expect(Timestamp(milliseconds: 0).advanced(bySeconds: .max).milliseconds == .max)
  }

  /// RFC 4648 §10.
  @Test func base32HasTheVectorsOfItsRFC() {
    let vectors = [
      ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
      ("foobar", "MZXW6YTBOI"),
    ]
    for (clear, text) in vectors {
      #expect(Base32.upperCase.encode(Array(clear.utf8)) == text)
      #expect(Base32.lowerCase.encode(Array(clear.utf8)) == text.lowercased())
      #expect(Base32.upperCase.decode(text.utf8) == Array(clear.utf8))
    }
  }

  @Test(arguments: ["M", "MZX", "MZXW6Y", "MZ", "my", "M1", "MY======", "é"])
  func base32RefusesWhatItWouldNotWrite(text: String) {
    #expect(Base32.upperCase.decode(text.utf8) == nil)
  }

  @Test func base64AgreesWithFoundation() {
    for length in 0..<50 {
      let bytes = RandomSource.system.bytes(count: length)
      let text = Data(bytes).base64EncodedString()
      #expect(Base64.decode(Array(text.utf8)[...]) == bytes)
      let unpadded = text.replacingOccurrences(of: "=", with: "")
      #expect(Base64.decode(Array(unpadded.utf8)[...]) == bytes)
    }
  }

  @Test(arguments: ["=", "====", "a", "ab=", "abc==", "a=bc", "ab-_", "ab c", "é"])
  func base64RefusesWhatIsNone(text: String) {
    #expect(Base64.decode(Array(text.utf8)[...]) == nil)
  }

  @Test func aRandomClientIDIsAUUIDOfVersion4() throws {
    for _ in 0..<100 {
      let id = ClientID.random(using: .system).rawValue
      #expect(UUID(uuidString: id) != nil && id == id.lowercased())
      let characters = Array(id)
      #expect(characters[14] == "4" && "89ab".contains(characters[19]))
      let value = try #require(UUIDText.Value(id.utf8))
      #expect(value.text == id && ClientID(id)?.rawValue == id)
      #expect(UUIDText.Value(bytes: value.bytes) == value)
    }
    #expect(
      UUIDText.Value("26156A86-B739-4C6B-9DE2-314228C3E6E5".utf8) == nil,
      "would not come back as it was"
    )
  }

  @Test func aNewSecretHas160BitsAndDoesNotDescribeItself() {
    let secret = ClientSecret(using: .system)
    #expect(secret.exposed.count == 32)
    #expect(secret.exposed.allSatisfy { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".contains($0) })
    #expect(!"\(secret) \(String(reflecting: secret)) \([secret])".contains(secret.exposed))
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains(secret.exposed))
  }
}
