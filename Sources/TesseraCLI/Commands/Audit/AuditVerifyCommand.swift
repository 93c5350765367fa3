import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the audit log is as it was written.",
    discussion: """
      A record that was altered, removed, inserted or moved is found, and so is an end that was cut. A checkpoint that \
      you kept, from the log of a server or from an earlier check, also shows when the whole database was taken back to \
      an earlier state.
      """
  )

  @Option(
    help: ArgumentHelp(
      "A checkpoint that you kept, which the log has to hold too; can be repeated.",
      valueName: "text"
    )
  )
  var checkpoint: [String] = []

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let known = try checkpoint.map { text in
      guard let mark = AuditMark(checkpoint: text) else {
        throw CommandFailure(
          "--checkpoint: this is not a checkpoint, which begins with 'tessera-audit-1'",
          .usage
        )
      }
      return mark
    }
    try await global.administer { workspace in
      let (result, publicKey) = try await workspace.administration.verifyAudit(against: known)
      try workspace.print(
        text: result.lines(publicKey),
        json: AuditVerificationRepresentation(result, publicKey: publicKey).json
      )
      guard !result.problems.isEmpty else { return }
      if workspace.format == .text {
        for problem in result.problems { Console.warn(problem) }
      }
      throw CommandFailure("the audit log is not as it was written")
    }
  }
}

extension AuditVerification {
  fileprivate func lines(_ publicKey: [UInt8]) -> String {
    var lines = chains.map { chain in
      let numbers = chain.numbers.map { ", \($0.lowerBound) to \($0.upperBound)" } ?? ""
      let rest = chain.countSinceCheckpoint
      return "\(chain.chain.rawValue): \(chain.count.records)\(numbers)"
        + (rest > 0 ? "; the last \(rest) not signed yet" : "")
    }
    if unprotectedCount > 0 {
      lines.append("\(unprotectedCount.records) from before the log was chained, which nothing protects")
    }
    if let checkpoint, let checkpointTime {
      lines += [
        "signed at \(checkpointTime.iso8601) by the key \(publicKey.hexadecimal)", checkpoint.text,
      ]
    }
    if problems.isEmpty { lines.append("the audit log is as it was written") }
    return lines.joined(separator: "\n")
  }
}

extension Int {
  fileprivate var records: String { self == 1 ? "1 record" : "\(self) records" }
}
