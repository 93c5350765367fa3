import Foundation
import TesseraJOSE

@testable import TesseraCore

/// The members of a JWS as a test wants them: names in any order, also twice, and values that are JSON or are not.
struct TokenDraft: Sendable {
  var header: [(String, String)]
  var claims: [(String, String)]

  /// A good access token.
  static func token(of issuer: String, at now: Int64, _ key: TestKey) -> TokenDraft {
    TokenDraft(
      header: [("typ", #""at+jwt""#), ("alg", "\"\(key.algorithm)\""), ("kid", "\"\(key.id)\"")],
      claims: [
        ("iss", "\"\(issuer)\""), ("sub", #""app""#), ("client_id", #""app""#),
        ("aud", #""\#(OfflineTest.audience)""#), ("scope", #""item event""#), ("iat", "\(now)"),
        ("exp", "\(now + 3600)"), ("jti", "\"\(tokenID(millisecond: 0))\""),
      ]
    )
  }

  /// A new token ID as Tessera makes them: it begins with the millisecond of issue.
  static func tokenID(millisecond: Int) -> String {
    let bytes = [UInt8(millisecond >> 8), UInt8(millisecond & 0xFF)] + RandomSource.system.bytes(count: 10)
    return Base32.lowerCase.encode(bytes)
  }

  /// Gives a member of the header another value, or none.
  mutating func header(_ name: String, _ value: String?) { TokenDraft.set(&header, name, value) }

  /// Gives a claim another value, or none.
  mutating func claim(_ name: String, _ value: String?) { TokenDraft.set(&claims, name, value) }

  private static func set(_ members: inout [(String, String)], _ name: String, _ value: String?) {
    let index = members.firstIndex { $0.0 == name } ?? members.endIndex
    members.removeAll { $0.0 == name }
    if let value { members.insert((name, value), at: min(index, members.endIndex)) }
  }

  /// The value of a claim without its quotes.
  subscript(_ name: String) -> String {
    (claims.first { $0.0 == name }?.1 ?? "").trimmingCharacters(in: ["\""])
  }

  /// Header and payload.
  var unsigned: String { "\(base64URL(TokenDraft.json(header))).\(base64URL(TokenDraft.json(claims)))" }

  /// With a signature by this key, whatever the header says.
  func signed(by key: TestKey) -> String {
    let text = unsigned
    guard let signature = key.key.signature(for: Array(text.utf8)) else {
      preconditionFailure("a key can sign")
    }
    return "\(text).\(base64URL(signature))"
  }

  static func json(_ members: [(String, String)]) -> String {
    "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
  }
}

/// base64url without padding, by Foundation, so that our own decoder is not tested with itself.
func base64URL(_ bytes: some Sequence<UInt8>) -> String {
  Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
    "=",
    with: ""
  )
}

func base64URL(_ text: String) -> String { base64URL(text.utf8) }
