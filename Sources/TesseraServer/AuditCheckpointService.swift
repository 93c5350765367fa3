import Logging
import ServiceLifecycle
import TesseraCore
import TesseraSupport

/// Checks what has come to the audit log and signs how far it goes, so that a cut end is found.
///
/// One node does it for all. What is signed is logged too, once an hour at the most: a checkpoint that is kept elsewhere
/// shows that the whole database was taken back to an earlier state.
struct AuditCheckpointService: Service {
  /// From one turn to the next, in milliseconds, over all nodes.
  private static let interval: Int64 = 60_000
  private static let pause = Duration.seconds(60)
  private static let pausesBetweenLines = 60

  let store: any Store
  let auditLog: AuditLog
  /// Who this node is, for people who look at the turns.
  let holder: String
  /// Where others hear that the log was altered.
  let notices: NoticeBoard
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var pausesSinceLine = AuditCheckpointService.pausesBetweenLines
      var known = ""
      while !Task.isCancelled {
        if await isOurTurn() {
          do throws(AuditLogError) {
            let mark = try await auditLog.sign()
            known = ""
            if let mark, pausesSinceLine >= AuditCheckpointService.pausesBetweenLines {
              logger.info("audit checkpoint", metadata: ["checkpoint": "\(mark.text)"])
              pausesSinceLine = 0
            }
          } catch .altered(let finding) {
            // Once, until it is another: it stays as it is until somebody sees to it.
            if finding.description != known {
              logger.error(
                "the audit log was altered; see 'tessera audit verify'",
                metadata: ["detail": "\(finding)"]
              )
              notices.post(
                SecurityNotice(
                  .auditAltered,
                  at: WallClock.system.now,
                  identity: ["\(finding)"],
                  details: ["detail": "\(finding)"]
                )
              )
            }
            known = finding.description
          } catch {
            // That the store does not answer, the replica has said already.
            logger.debug("the audit log could not be signed", metadata: ["detail": "\(error)"])
          }
        }
        try? await Task.sleep(for: AuditCheckpointService.pause)
        pausesSinceLine += 1
      }
    }
    // What the last requests have left.
    _ = try? await auditLog.sign()
  }

  private func isOurTurn() async -> Bool {
    (try? await store.takeTurn(
      at: "audit checkpoint",
      every: AuditCheckpointService.interval,
      as: holder
    )) ?? false
  }
}
