import Crypto

/// Signs statements about the audit log by Ed25519 (RFC 8032), under a key of the master key, so that whoever can only
/// write to the database cannot.
package struct AuditSigner: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  package init(masterKey: MasterKey) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: masterKey.auditSeed.bytes) else {
      preconditionFailure("any 32 bytes are a key of Ed25519")
    }
    self.key = key
  }

  /// The public key, which verifies what it signs: 32 bytes.
  package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

  /// A statement with its signature.
  package func mark(_ statement: AuditStatement, named name: String) -> AuditMark {
    mark(statement.text, named: name)
  }

  private func mark(_ text: String, named name: String) -> AuditMark {
    guard let signature = try? key.signature(for: Array(text.utf8)) else {
      preconditionFailure("Ed25519 signs anything")
    }
    return AuditMark(name: name, statement: text, signature: Array(signature))
  }

  /// A mark that this key has signed as another key signs it; any other as it is.
  func handing(_ mark: AuditMark, over next: AuditSigner) -> AuditMark {
    AuditSigner.isSigned(mark, by: publicKey) ? next.mark(mark.statement, named: mark.name) : mark
  }

  /// What a mark says, if it is of this kind and was signed by this key.
  package func statement(_ kind: AuditStatement.Kind, of mark: AuditMark) -> AuditStatement? {
    guard AuditSigner.isSigned(mark, by: publicKey), let statement = AuditStatement(mark.statement),
      statement.kind == kind
    else { return nil }
    return statement
  }

  /// Whether a mark was signed by the key that has this public key.
  package static func isSigned(_ mark: AuditMark, by publicKey: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    return key.isValidSignature(mark.signature, for: Array(mark.statement.utf8))
  }
}

extension SymmetricKey {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
