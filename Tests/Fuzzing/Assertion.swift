import TesseraJOSE

extension FuzzTarget {
  /// The assertion of a client (RFC 7523).
  static let assertion = FuzzTarget(name: "assertion") { bytes in
    guard let jwt = AssertionJWT(bytes) else { return }
    for name in jwt.claims.keys { _ = jwt.claims.time(name) }
  }
}
