package import TesseraCore

/// The profile of OAuth 2.0 that a server holds every client to.
package enum ServerProfile: String, Sendable, CaseIterable {
  /// What the standards leave open is open; single clients can have a profile by themselves.
  case none
  /// The FAPI 2.0 Security Profile.
  case fapi2

  /// What is asked; nil for nothing.
  package var profile: SecurityProfile? {
    switch self {
    case .none: nil
    case .fapi2: .fapi2
    }
  }
}
