import Foundation
import SwiftASN1
import Synchronization
package import TesseraCore
package import TesseraJOSE
@_spi(FixedExpiryValidationTime) import X509

/// The authorities of the configuration, with what they have revoked.
///
/// What is in their files can be replaced while requests go on.
package final class TrustedAuthorities: CertificateAuthorities {
  /// What is in the files.
  struct Material: Sendable {
    var authorities: AuthorityCertificates
    /// Nil when no lists are kept.
    var revocations: [RevocationList]?
  }

  private struct Remembered {
    let judgement: CertificateJudgement
    let time: Timestamp
  }

  private struct State {
    var material: Material
    /// Grows with each replacement.
    var generation = 0
    var remembered = TrustedAuthorities.noMemory
  }

  /// How many certificates are remembered.
  private static let capacity = 4096
  /// How long a refusal counts, in milliseconds: it can be of the time.
  private static let refusalLifetime: Int64 = 5000

  private static var noMemory: GenerationalCache<[UInt8], Remembered> {
    GenerationalCache(capacity: capacity)
  }

  private let state: Mutex<State>

  init(_ material: Material) {
    state = Mutex(State(material: material))
  }

  /// Takes others in their place; what was thought of certificates is forgotten.
  func replace(_ change: (inout Material) -> Void) {
    state.withLock { state in
      change(&state.material)
      state.generation += 1
      state.remembered = TrustedAuthorities.noMemory
    }
  }

  package func known(_ certificate: ClientCertificate, at now: Timestamp) -> CertificateJudgement? {
    guard let remembered = state.withLock({ $0.remembered.value(for: certificate.thumbprint) }) else {
      return nil
    }
    let age = now.milliseconds - remembered.time.milliseconds
    let counts =
      switch remembered.judgement {
      case .accepted(_, let validity): validity.contains(now)
      case .refused: (0..<TrustedAuthorities.refusalLifetime).contains(age)
      }
    return counts ? remembered.judgement : nil
  }

  package func judge(_ certificate: ClientCertificate, at now: Timestamp) async -> CertificateJudgement {
    let (material, generation) = state.withLock { ($0.material, $0.generation) }
    let judgement = await material.judgement(on: certificate, at: now)
    state.withLock { state in
      guard state.generation == generation else { return }
      state.remembered.insert(Remembered(judgement: judgement, time: now), for: certificate.thumbprint)
    }
    return judgement
  }
}

extension TrustedAuthorities.Material {
  fileprivate func judgement(on certificate: ClientCertificate, at now: Timestamp) async
    -> CertificateJudgement
  {
    guard let leaf = try? Certificate(derEncoded: certificate.leaf) else {
      return .refused("the certificate cannot be read")
    }
    guard let names = CertificateNames(of: leaf) else {
      return .refused("the certificate has too many names, or some that cannot be read")
    }
    let time = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
    var verifier = Verifier(rootCertificates: authorities.store) {
      RFC5280Policy(fixedExpiryValidationTime: time)
      ClientCertificatePolicy(revocations: revocations, time: now)
    }
    switch await verifier.validate(leaf: leaf, intermediates: intermediates(of: certificate)) {
    case .couldNotValidate(let failures):
      return .refused(
        failures.first.map { "\($0.policyFailureReason)" }
          ?? "no authority of http.tls.client-authorities has signed it"
      )
    case .validCertificate(let chain):
      let begin = chain.map(\.notValidBefore).max() ?? .distantFuture
      let end = chain.map(\.notValidAfter).min() ?? .distantPast
      return .accepted(names, validity(begin, end, until: nextUpdate(of: leaf)))
    }
  }

  /// Those that the client has sent along, one for each name and key: more would only be ways to go in circles.
  private func intermediates(of certificate: ClientCertificate) -> CertificateStore {
    var known: [Certificate] = []
    for encoded in certificate.intermediates {
      guard let new = try? Certificate(derEncoded: encoded),
        !known.contains(where: { $0.subject == new.subject && $0.publicKey == new.publicKey })
      else { continue }
      known.append(new)
    }
    return CertificateStore(known)
  }

  private func nextUpdate(of leaf: Certificate) -> Timestamp? {
    revocations?.filter { $0.issuer == leaf.issuer }.compactMap(\.nextUpdate).min()
  }

  private func validity(_ begin: Date, _ end: Date, until limit: Timestamp?) -> Range<Timestamp> {
    let lower = Timestamp(milliseconds: milliseconds(begin))
    // A certificate counts in its last second, too (RFC 5280 §4.1.2.5).
    let upper = Timestamp(milliseconds: milliseconds(end) + 1000)
    return lower..<max(lower, min(upper, limit ?? upper))
  }

  private func milliseconds(_ date: Date) -> Int64 {
    Int64(min(max(date.timeIntervalSince1970, 0), 1e11)) * 1000
  }
}
