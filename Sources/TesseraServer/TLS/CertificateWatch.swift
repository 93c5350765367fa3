import TesseraCore
import TesseraJOSE

/// Follows what is in the files of a certificate and its key.
///
/// The two are hardly ever replaced at the same moment. What does not fit is looked at again before anybody hears of
/// it, and is told once.
struct CertificateWatch {
  typealias Found = Result<CertificateFiles.Contents, CertificateProblem>

  enum Action: Equatable {
    case nothing
    /// Take this pair instead of the one in use.
    case use(CertificatePair)
    /// Keep the one in use, and say why.
    case report(CertificateProblem)
  }

  /// What is in use.
  private(set) var pair: CertificatePair
  private var inUse: Found
  /// What was found that cannot be used, and why; and whether that was told.
  private var problem: (found: Found, reason: CertificateProblem, isReported: Bool)?

  init(_ pair: CertificatePair, from contents: CertificateFiles.Contents) {
    self.pair = pair
    inUse = .success(contents)
  }

  /// What to do about what was found at this time.
  mutating func look(_ found: Found, at now: Timestamp) -> Action {
    guard found != inUse else {
      problem = nil
      return .nothing
    }
    do throws(CertificateProblem) {
      let new = try CertificatePair(try found.get())
      try new.check(at: now)
      problem = nil
      inUse = found
      pair = new
      return .use(new)
    } catch {
      guard let before = problem, before.found == found else {
        problem = (found, error, false)
        return .nothing
      }
      guard !before.isReported else { return .nothing }
      problem?.isReported = true
      return .report(error)
    }
  }
}
