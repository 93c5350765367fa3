import TesseraJOSE

extension FuzzTarget {
  /// A JWT of somebody else.
  static let jws = FuzzTarget(name: "jws") { bytes in
    _ = JWS(bytes, types: ["at+jwt"], algorithms: Set(SigningAlgorithm.all.map(\.name)))?.claims
  }
}
