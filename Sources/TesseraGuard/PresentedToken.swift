/// The token of a request, and whether it is presented as one that is bound to a key (RFC 9449 §7.1).
struct PresentedToken {
  let token: String
  let isDPoP: Bool

  init(_ request: ProtectedRequest) throws(BearerRefusal) {
    guard let value = request.authorization.first, request.authorization.count == 1,
      let token = PresentedToken.token(in: value)
    else {
      token = try BearerCredentials(authorization: request.authorization, query: request.query).token
      isDPoP = false
      return
    }
    guard !BearerCredentials.hasToken(request.query ?? "") else { throw .tokenInQuery }
    self.token = token
    isDPoP = true
  }

  /// The scheme is case-insensitive (RFC 9110 §11.1).
  private static func token(in value: String) -> String? {
    let scheme = "dpop "
    guard value.utf8.count > scheme.utf8.count, zip(value.utf8, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 })
    else {
      return nil
    }
    let token = value.dropFirst(scheme.count).drop { $0 == " " }
    return token.isEmpty ? nil : String(token)
  }
}
