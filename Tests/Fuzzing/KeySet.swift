import TesseraJOSE

extension FuzzTarget {
  /// A key set of somebody else, every key of which is asked to verify something.
  static let keySet = FuzzTarget(name: "key-set") { bytes in
    guard let keys = JWKSet(bytes)?.keys else { return }
    for key in keys {
      _ = key.json
      _ = JWK.thumbprint(of: key.material)
      for algorithm in SigningAlgorithm.all {
        _ = key.verifyingKey(for: algorithm)?.isSignature([1, 2, 3], of: bytes)
      }
    }
  }
}
