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
      an earlier state. With --file it is what 'audit export' has written that is checked, on any machine: neither the \
      server nor its data is needed.
      """
  )

  @Option(
    help: ArgumentHelp(
      "A checkpoint that you kept, which the log has to hold too; can be repeated.",
      valueName: "text"
    )
  )
  var checkpoint: [String] = []

  @Option(
    name: .customLong("file"),
    help: ArgumentHelp(
      "Check this export instead of the store; can be repeated, for exports that go on with --after.",
      valueName: "file"
    ),
    completion: .file(extensions: ["jsonl"])
  )
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --file: the key that has to have signed it, in hexadecimal. (default: the one that stands in it)",
      valueName: "key"
    )
  )
  var publicKey: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard files.isEmpty else {
      guard global.remote.server == nil else {
        throw ValidationError("--file is checked on this machine; leave out --server")
      }
      return
    }
    guard publicKey == nil else { throw ValidationError("--public-key belongs to --file") }
  }

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
    guard files.isEmpty else {
      let exported = try ExportedAuditLog(files)
      let (result, key) = try exported.verify(by: publicKey, against: known)
      try tell(result, key, to: StandardOutput(format: global.format))
      if publicKey == nil, result.problems.isEmpty {
        Console.note(
          "the key is the one that stands in the file: compare it with what 'audit verify' says at the server"
        )
      }
      return
    }
    try await global.administer { workspace in
      let (result, publicKey) = try await workspace.administration.verifyAudit(against: known)
      try tell(result, publicKey, to: workspace)
    }
  }

  private func tell(_ result: AuditVerification, _ publicKey: [UInt8], to output: some CommandOutput) throws {
    try output.print(
      text: result.lines(publicKey),
      json: AuditVerificationRepresentation(result, publicKey: publicKey).json
    )
    guard !result.problems.isEmpty else { return }
    if output.format == .text {
      for problem in result.problems { Console.warn(problem) }
    }
    throw CommandFailure("the audit log is not as it was written")
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
