import SwiftASN1
import TesseraCore
import TesseraJOSE
import X509

/// What is asked of the certificates from a client to an authority besides RFC 5280 §6: that they are made for clients, and
/// that none was revoked.
struct ClientCertificatePolicy: VerifierPolicy {
  let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
    .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
  ]
  /// Nil when no lists are kept.
  let revocations: [RevocationList]?
  let time: Timestamp

  mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) async
    -> PolicyEvaluationResult
  {
    if let reason = objection(to: chain) { return .failsToMeetPolicy(reason: reason) }
    return .meetsPolicy
  }

  private func objection(to chain: UnverifiedCertificateChain) -> String? {
    let certificates = Array(chain)
    guard !certificates[0].isAuthority else {
      return "the certificate is that of an authority, not of a client"
    }
    for (index, certificate) in certificates.enumerated().dropLast() {
      guard certificate.isForClients else { return "a certificate is not for clients (extendedKeyUsage)" }
      guard index == 0 ? certificate.mayProve : certificate.maySign else {
        return "a certificate is not for what it is used for (keyUsage)"
      }
      let reason = revocation(of: certificate, by: certificates[index + 1], isLeaf: index == 0)
      if let reason { return reason }
    }
    return nil
  }

  /// The authority that has signed the certificate of the client must have a list that counts now: without, nobody knows.
  private func revocation(of certificate: Certificate, by issuer: Certificate, isLeaf: Bool) -> String? {
    guard let revocations else { return nil }
    let lists = revocations.filter { $0.issuer == certificate.issuer && $0.isSigned(by: issuer.publicKey) }
    if lists.contains(where: { $0.contains(certificate) }) { return "the certificate was revoked" }
    guard lists.contains(where: { $0.nextUpdate.map { time < $0 } ?? true }) else {
      guard isLeaf || !lists.isEmpty else { return nil }
      return "http.tls.client-revocations has no list of its authority that counts now"
    }
    return nil
  }
}

extension Certificate {
  /// RFC 5280 §4.2.1.12; without the extension, for anything.
  fileprivate var isForClients: Bool {
    guard let usages = try? extensions.extendedKeyUsage else {
      return extensions[oid: .X509ExtensionID.extendedKeyUsage] == nil
    }
    return usages.contains(.clientAuth) || usages.contains(.any)
  }

  /// RFC 5280 §4.2.1.3.
  fileprivate var mayProve: Bool { hasUsage(\.digitalSignature) }
  fileprivate var maySign: Bool { hasUsage(\.keyCertSign) }

  private func hasUsage(_ usage: (KeyUsage) -> Bool) -> Bool {
    guard let known = try? extensions.keyUsage else {
      return extensions[oid: .X509ExtensionID.keyUsage] == nil
    }
    return usage(known)
  }
}
