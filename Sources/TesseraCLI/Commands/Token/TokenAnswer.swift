import TesseraCore
import TesseraServer

/// A token as a token endpoint gives it, in either dialect.
struct TokenAnswer: Decodable {
  let accessToken: String
  /// What the server answered.
  let json: JSONValue

  private enum Member: String, CodingKey {
    case accessToken, accessTokenExpiresAt, scope
    case standardToken = "access_token"
    case type = "token_type"
    case lifetime = "expires_in"
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    let scope = JSONValue.Member("scope", .string(try members.decode(String.self, forKey: .scope)))
    if let token = try members.decodeIfPresent(String.self, forKey: .accessToken) {
      accessToken = token
      let end = try members.decode(String.self, forKey: .accessTokenExpiresAt)
      json = .object([
        .init("accessToken", .string(token)), .init("accessTokenExpiresAt", .string(end)), scope,
      ])
    } else {
      accessToken = try members.decode(String.self, forKey: .standardToken)
      json = .object([
        .init("access_token", .string(accessToken)),
        .init("token_type", .string(try members.decode(String.self, forKey: .type))),
        .init("expires_in", .integer(try members.decode(Int.self, forKey: .lifetime))), scope,
      ])
    }
  }
}

/// A refusal in either dialect.
struct TokenRefusal: Decodable {
  let name: String
  let message: String

  private enum Member: String, CodingKey {
    case name, message, error
    case description = "error_description"
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    let isStandard = members.contains(.error)
    name = try members.decode(String.self, forKey: isStandard ? .error : .name)
    message = try members.decode(String.self, forKey: isStandard ? .description : .message)
  }
}
