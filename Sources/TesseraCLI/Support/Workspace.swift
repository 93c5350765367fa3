import Foundation
import TesseraCore
import TesseraServer

/// What a command works on.
struct Workspace: CommandOutput {
  let configuration: ServerConfiguration
  let data: DataDirectory
  let administration: Administration
  let auditLog: AuditLog
  let format: OutputFormat

  init(configuration: ServerConfiguration, data: DataDirectory, actor: String, format: OutputFormat) {
    self.configuration = configuration
    self.data = data
    self.format = format
    administration = Administration(
      store: data.store,
      masterKeys: data.masterKeys,
      lifetime: configuration.token,
      keyRotation: configuration.keys,
      actor: actor
    )
    auditLog = AuditLog(store: data.store, masterKeys: data.masterKeys)
  }

  /// The client that is meant by an ID or a name; when it could have been another, that is said.
  func client(_ reference: String) async throws -> Client {
    let match = try await administration.clientMatch(reference)
    if let note = match.note { Console.note(note) }
    return match.found
  }
}

extension Workspace {
  /// Signs how far the audit log goes after a command that was to write to it, so that the end cannot be cut.
  ///
  /// What the command did, it did all the same.
  func signAuditLog() async {
    guard data.isNew || administration.hasWritten else { return }
    do throws(AuditLogError) {
      try await auditLog.sign()
    } catch {
      Console.warn("\(error); this command was done, but its record could not be signed")
    }
  }
}

/// Who runs this process, as far as the system says.
enum LoginName {
  /// How the audit log calls whoever uses the command line.
  static var actor: String { "cli:\(name)" }

  /// By the user ID, because environment variables can say anything.
  private static var name: String {
    let user = getuid()
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "uid-\(user)" }
    return String(cString: name)
  }
}
