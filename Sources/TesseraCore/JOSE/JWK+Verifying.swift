extension JWK {
  /// What verifies signatures by this algorithm with the key; nil when the key is not for it.
  package func verifyingKey(for algorithm: SigningAlgorithm) -> (any VerifyingKey)? {
    guard self.algorithm == nil || self.algorithm == algorithm else { return nil }
    return algorithm.verifier(material)
  }
}
