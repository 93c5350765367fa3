/// Public keys (RFC 7517 §5).
package struct JWKSet: Sendable, Equatable {
  /// The most keys that are read of somebody's set.
  package static let maximumCount = 100

  /// The keys.
  package let keys: [JWK]

  package init(_ keys: [JWK]) {
    self.keys = keys
  }

  /// Reads a set; nil when it is none.
  ///
  /// Keys that mean nothing here are left out (RFC 7517 §5).
  package init?(_ bytes: some Collection<UInt8>) {
    guard let elements = JSON(bytes)?.members?["keys"]?.elements, elements.count <= JWKSet.maximumCount else {
      return nil
    }
    keys = elements.compactMap(JWK.init)
  }

  /// Those of the types of RFC 7518 and RFC 8037, which every library reads.
  package var commonlyRead: JWKSet { JWKSet(keys.filter { !$0.material.isPostQuantum }) }

  /// Those of type AKP.
  package var postQuantum: JWKSet { JWKSet(keys.filter(\.material.isPostQuantum)) }

  /// What the keys are for, each once, in the order that there is of algorithms.
  package var algorithms: [SigningAlgorithm] {
    let used = Set(keys.compactMap(\.algorithm))
    return SigningAlgorithm.all.filter(used.contains)
  }

  /// The set as JSON.
  package var json: String {
    "{\"keys\":[\(keys.map(\.json).joined(separator: ","))]}"
  }
}
