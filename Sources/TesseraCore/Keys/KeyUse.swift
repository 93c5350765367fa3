package import TesseraJOSE

/// What a key of the server is for.
package enum KeyUse: Hashable, Sendable, CustomStringConvertible {
  /// It seals opaque access tokens.
  case sealing
  /// It signs JWTs by this algorithm.
  case signing(SigningAlgorithm)

  /// Every use there is.
  package static let all: [KeyUse] = [.sealing] + SigningAlgorithm.ofTokens.map(KeyUse.signing)

  /// Nil when no use has this name.
  package init?(_ name: String) {
    guard let known = KeyUse.all.first(where: { $0.description == name }) else { return nil }
    self = known
  }

  package var description: String {
    switch self {
    case .sealing: "sealing"
    case .signing(let algorithm): algorithm.name
    }
  }
}
