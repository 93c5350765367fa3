import Logging
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraJOSE
import TesseraSupport

/// Takes a renewed certificate into use, and says when one is about to expire.
final class CertificateService: Service {
  private static let interval = Duration.seconds(1)

  private let files: CertificateFiles
  /// What the listeners show.
  let credentials: TLSCredentials
  private let clock: WallClock
  /// Where others hear that it expires.
  private let notices: NoticeBoard
  private let logger: Logger
  private let state: Mutex<State>

  private struct State {
    var watch: CertificateWatch
    var expiry: CertificateExpiry
  }

  /// Throws when what is in the files cannot be used now.
  init(
    _ files: CertificateFiles,
    strictTransportAge: Int,
    speaksHTTP2: Bool = true,
    asksForCertificates: Bool = false,
    clock: WallClock = .system,
    notices: NoticeBoard = NoticeBoard(),
    logger: Logger
  ) throws(CertificateProblem) {
    let contents = try files.contents()
    let pair = try CertificatePair(contents)
    try pair.check(at: clock.now)
    do {
      credentials = try TLSCredentials(
        chain: pair.chain,
        key: pair.key,
        strictTransportAge: strictTransportAge,
        speaksHTTP2: speaksHTTP2,
        asksForCertificates: asksForCertificates
      )
    } catch {
      throw .refused("\(error)".printable)
    }
    self.files = files
    self.clock = clock
    self.notices = notices
    self.logger = logger
    state = Mutex(
      State(
        watch: CertificateWatch(pair, from: contents),
        expiry: CertificateExpiry(at: pair.validity.upperBound)
      )
    )
  }

  /// How long the certificate in use is valid, in seconds; negative once it has expired.
  var secondsToExpiry: Double {
    let time = state.withLock { $0.expiry.time }
    return Double(time.milliseconds - clock.now.milliseconds) / 1000
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        self.step()
        try? await Task.sleep(for: CertificateService.interval)
      }
    }
  }

  /// Looks at the files and at the clock.
  func step() {
    let found = Result { () throws(CertificateProblem) in try files.contents() }
    let now = clock.now
    state.withLock { state in
      switch state.watch.look(found, at: now) {
      case .nothing: break
      case .use(let pair): use(pair, &state)
      case .report(let problem): report(problem)
      }
      if let notice = state.expiry.noticeDue(at: now) {
        announce(notice, state.expiry.time)
        notices.post(notice.event(of: state.watch.pair, in: files.certificate, at: now))
      }
    }
  }

  private func use(_ pair: CertificatePair, _ state: inout State) {
    do {
      try credentials.replace(chain: pair.chain, key: pair.key)
    } catch {
      report(.refused("\(error)".printable))
      return
    }
    state.expiry = CertificateExpiry(at: pair.validity.upperBound)
    logger.notice(
      "a new certificate is in use",
      metadata: [
        "file": .string(files.certificate), "expires": .string(pair.validity.upperBound.toTheSecond),
      ]
    )
  }

  private func report(_ problem: CertificateProblem) {
    let path = files.path(of: problem)
    logger.error(
      "the new certificate cannot be used, and the one before stays in use",
      metadata: ["file": .string(path), "detail": .string(problem.advice(path: path))]
    )
  }

  private func announce(_ notice: CertificateExpiry.Notice, _ time: Timestamp) {
    let metadata: Logger.Metadata = [
      "file": .string(files.certificate), "expires": .string(time.toTheSecond),
    ]
    switch notice {
    case .month: logger.notice("the certificate expires in less than 30 days", metadata: metadata)
    case .week: logger.warning("the certificate expires in less than 7 days: renew it", metadata: metadata)
    case .day: logger.error("the certificate expires in less than a day: renew it now", metadata: metadata)
    case .expired:
      logger.error("the certificate has expired, and clients refuse it: renew it now", metadata: metadata)
    }
  }
}
