import Logging
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraSupport

/// Takes changed authorities and lists of revoked certificates into use while the server runs.
final class ClientAuthorityService: Service {
  private static let interval = Duration.seconds(1)

  /// One of the files, by the key that names it.
  private struct Followed {
    let file: AuthorityFile
    var state: AuthorityFile.State?
    /// Reads it, and takes what is in it.
    let use: @Sendable (AuthorityFile, TrustedAuthorities) throws(AuthorityProblem) -> Void
  }

  /// Whom the authenticator asks.
  let authorities: TrustedAuthorities
  private let logger: Logger
  private let followed: Mutex<[Followed]>

  /// Which of the two files cannot be used.
  enum Source {
    case authorities
    case revocations
  }

  struct Failure: Error {
    let source: Source
    let problem: AuthorityProblem
  }

  /// Throws when what is in the files cannot be used now; `revocations` is nil where no lists are kept.
  init(authorities path: String, revocations: String?, logger: Logger) throws(Failure) {
    let file = AuthorityFile(path: path, limit: AuthorityCertificates.maximumSize)
    let lists = revocations.map { AuthorityFile(path: $0, limit: RevocationList.maximumSize) }
    let states = [file.state, lists?.state]
    var material: TrustedAuthorities.Material
    do throws(AuthorityProblem) {
      material = TrustedAuthorities.Material(authorities: try ClientAuthorityService.certificates(in: file))
    } catch {
      throw Failure(source: .authorities, problem: error)
    }
    if let lists {
      do throws(AuthorityProblem) {
        material.revocations = try ClientAuthorityService.lists(in: lists)
      } catch {
        throw Failure(source: .revocations, problem: error)
      }
    }
    self.logger = logger
    authorities = TrustedAuthorities(material)
    var followed = [
      Followed(file: file, state: states[0]) { (file, authorities) throws(AuthorityProblem) in
        let new = try ClientAuthorityService.certificates(in: file)
        authorities.replace { $0.authorities = new }
      }
    ]
    if let lists {
      followed.append(
        Followed(file: lists, state: states[1]) { (file, authorities) throws(AuthorityProblem) in
          let new = try ClientAuthorityService.lists(in: file)
          authorities.replace { $0.revocations = new }
        }
      )
    }
    self.followed = Mutex(followed)
  }

  private static func certificates(in file: AuthorityFile) throws(AuthorityProblem) -> AuthorityCertificates {
    try AuthorityCertificates(pem: try file.contents())
  }

  private static func lists(in file: AuthorityFile) throws(AuthorityProblem) -> [RevocationList] {
    try RevocationList.lists(in: try file.contents())
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        self.step()
        try? await Task.sleep(for: ClientAuthorityService.interval)
      }
    }
  }

  /// Looks whether a file has changed.
  func step() {
    followed.withLock { followed in
      for index in followed.indices {
        let (file, state) = (followed[index].file, followed[index].file.state)
        guard state != followed[index].state else { continue }
        followed[index].state = state
        let metadata: Logger.Metadata = ["file": .string(file.path)]
        do throws(AuthorityProblem) {
          try followed[index].use(file, authorities)
          logger.notice("what is known of client certificates was read anew", metadata: metadata)
        } catch {
          logger.error(
            "what is known of client certificates cannot be read anew, and what there was stays in use",
            metadata: metadata.merging(["detail": .string("\(error)")]) { $1 }
          )
        }
      }
    }
  }
}
