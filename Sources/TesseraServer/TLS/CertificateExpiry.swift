import Crypto
import TesseraCore
import TesseraJOSE

/// Which notice of the expiry of a certificate is due: 30, 7 and 1 days ahead, and when it has come.
struct CertificateExpiry {
  enum Notice: Int, CaseIterable, Comparable {
    case month
    case week
    case day
    case expired

    /// How long before the expiry, in seconds.
    fileprivate var lead: Int64 {
      switch self {
      case .month: 30 * 86_400
      case .week: 7 * 86_400
      case .day: 86_400
      case .expired: 0
      }
    }

    static func < (left: Notice, right: Notice) -> Bool { left.rawValue < right.rawValue }
  }

  let time: Timestamp
  private var last: Notice?

  init(at time: Timestamp) {
    self.time = time
  }

  /// The notice that is due now and was not given; of several the most urgent.
  mutating func noticeDue(at now: Timestamp) -> Notice? {
    let due = Notice.allCases.last { now >= time.advanced(bySeconds: -$0.lead) }
    guard let due, last.map({ $0 < due }) ?? true else { return nil }
    last = due
    return due
  }
}

extension CertificateExpiry.Notice {
  /// What others are told; the same from all nodes that have this certificate.
  func event(of pair: CertificatePair, in file: String, at now: Timestamp) -> SecurityNotice {
    let fingerprint = Array(SHA256.hash(data: pair.chain[0])).hexadecimal
    return SecurityNotice(
      .certificateExpiring,
      at: now,
      identity: [fingerprint, String(rawValue)],
      details: [
        "file": file, "sha256": fingerprint, "expires_at": pair.validity.upperBound.iso8601,
        "days": String(lead / 86_400),
      ]
    )
  }
}
