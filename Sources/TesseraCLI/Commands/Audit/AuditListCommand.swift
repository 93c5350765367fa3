import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera audit list`.
struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the records of the audit log, newest first."
  )
  private static let pageSize = 500

  @OptionGroup var global: GlobalOptions

  @Option(
    help:
      "Only records about this: the ID or name of a client, deleted ones too, a scope, a token ID, 'key 2', 'server'."
  )
  var subject: String?

  @Option(help: ArgumentHelp("Only records older than the one with this number.", valueName: "number"))
  var before: Int64?

  @Option(help: "The largest number of records to list.")
  var limit = 50

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() async throws {
    try await global.administer { workspace in
      let subject = try await recordedSubject(workspace)
      var writer = ListWriter(
        workspace.format,
        TextTable("NUMBER", "TIME", "ACTOR", "ACTION", "SUBJECT", "DETAILS"),
        emptyText: "no audit records"
      )
      var (rest, last) = (limit, before)
      while rest > 0 {
        let size = min(rest, AuditListCommand.pageSize)
        let page = try await workspace.administration.auditRecords(
          before: last,
          subject: subject,
          limit: size
        )
        try writer.write(page.elements, row: \.row) { AuditRepresentation($0).json }
        guard let next = page.next else { break }
        rest -= page.elements.count
        last = next
      }
      try writer.end()
    }
  }

  /// Records carry the ID of a client, which people know by the name that it has or had.
  private func recordedSubject(_ workspace: ServerWorkspace) async throws -> String? {
    guard let subject else { return nil }
    let match = try await workspace.administration.auditSubject(subject)
    if let note = match.note { Console.note(note) }
    return match.found
  }
}

extension AuditRecord {
  fileprivate var row: [String] {
    var details = event.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    // What is new altogether or gone altogether is told by the action.
    for (name, difference) in differences.sorted(by: { $0.key < $1.key }) {
      guard let before = difference.before, let after = difference.after else { continue }
      details.append("\(name): \(before) → \(after)")
    }
    let actor = event.address.map { "\(event.actor) from \($0)" } ?? event.actor
    return [
      String(number), event.time.iso8601, actor, event.action.rawValue, event.subject,
      details.joined(separator: "; "),
    ]
  }
}
