import Logging
import TesseraSupport

/// The current private key.
///
/// A file is read whenever it is asked for, as ``CredentialsReader`` does, and understood anew only when it says something
/// else.
struct PrivateKeyReader: Sendable {
  /// Where a key comes from.
  enum Source: Sendable {
    case fixed(ClientPrivateKey)
    case file(String, algorithm: ClientPrivateKey.Algorithm?, keyID: String?)
  }

  /// A key and what tells it from those before it.
  struct Reading: Sendable {
    let key: ClientPrivateKey
    let version: CredentialsVersion
  }

  private let source: Source
  private let last: LastReading<Reading>

  init(_ source: Source, logger: Logger) {
    self.source = source
    last = LastReading("the private key", logger: logger)
  }

  func current() throws(TokenRequestError) -> Reading {
    switch source {
    case .fixed(let key): return Reading(key: key, version: .fixed)
    case .file(let path, let algorithm, let keyID):
      return try last.current { known throws(SecretFile.Failure) in
        let text = try SecretFile.read(path)
        if let known, known.version == .text(text) { return known }
        do throws(InvalidPrivateKey) {
          let key = try ClientPrivateKey(text, algorithm: algorithm, keyID: keyID)
          return Reading(key: key, version: .text(text))
        } catch {
          throw SecretFile.Failure(reason: error.reason)
        }
      }
    }
  }
}
