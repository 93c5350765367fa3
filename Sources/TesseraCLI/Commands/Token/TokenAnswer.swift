import TesseraServer

/// A token as the seed dialect gives it.
struct TokenAnswer: Decodable {
  let accessToken: String
  let accessTokenExpiresAt: String
  let scope: String

  /// What the server answered.
  var json: JSONValue {
    .object([
      .init("accessToken", .string(accessToken)),
      .init("accessTokenExpiresAt", .string(accessTokenExpiresAt)),
      .init("scope", .string(scope)),
    ])
  }
}

/// A refusal in the seed dialect.
struct TokenRefusal: Decodable {
  let name: String
  let message: String
}
