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
    guard let json = JSON(bytes) else { return nil }
    self.init(json)
  }

  /// The same of a JSON value.
  ///
  /// Of the bundle of a SPIFFE trust domain, those that sign JWT-SVIDs (SPIFFE JWT-SVID §5.2.1).
  package init?(_ json: JSON, isBundle: Bool = false) {
    guard let elements = json.members?["keys"]?.elements, elements.count <= JWKSet.maximumCount else {
      return nil
    }
    keys = elements.compactMap { json in
      guard isBundle, var members = json.members, members["use"]?.text == "jwt-svid" else { return JWK(json) }
      members["use"] = nil
      return JWK(.object(members))
    }
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
