import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// Where the new secrets of clients go: each to a file of its own, or to the terminal.
struct NewSecretFiles {
  private let secrets: [(made: DeclaredChanges.MadeSecret, file: String?)]

  /// Makes the files, whole and on the disk, before anything is registered: no secret is lost whatever happens then.
  ///
  /// `folder` nil is the terminal. What is there already is left alone: it may be the only copy of another secret.
  init(_ made: [DeclaredChanges.MadeSecret], in folder: String?) throws {
    guard let folder else {
      secrets = made.map { ($0, nil) }
      return
    }
    let url = NewSecretFiles.url(of: folder)
    var files: [(DeclaredChanges.MadeSecret, String?)] = []
    do {
      if !made.isEmpty { NewSecretFiles.make(url) }
      for secret in made {
        let file = PrivateFile("\(folder)/\(try NewSecretFiles.name(of: secret.clientID))")
        try file.make(with: secret.secret.exposed)
        files.append((secret, file.path))
      }
      if !made.isEmpty { try NewSecretFiles.synchronise(folder: url.path(percentEncoded: false)) }
    } catch {
      for case (_, let path?) in files { unlink(path) }
      throw error
    }
    secrets = files
  }

  /// Makes the folder, and throws unless files for these clients can be made in it.
  ///
  /// That is for secrets that another machine makes, and that are not there yet.
  static func prepare(_ folder: String, for clients: [ClientID]) throws {
    make(url(of: folder))
    let probe = PrivateFile("\(folder)/.tessera-\(UUID().uuidString)")
    try probe.make()
    probe.remove()
    for client in clients {
      let file = PrivateFile("\(folder)/\(try name(of: client))")
      guard access(file.path, F_OK) != 0 else {
        throw CommandFailure("cannot create \(file.path): \(SystemError(code: EEXIST))", .conflict)
      }
    }
  }

  private static func url(of folder: String) -> URL {
    URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
  }

  /// Why it could not be made is told by the first file, in the words of the system.
  private static func make(_ folder: URL) {
    try? FileManager.default.createDirectory(
      at: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  /// Takes the files back after a failure, and throws it; not when it may have been done all the same.
  func discard(because error: any Error) throws -> Never {
    if case AdministrationError.unavailable? = error as? AdministrationError {
      guard secrets.contains(where: { $0.file != nil }) else { throw error }
      throw FailureReport(error).failure(
        adding: "whether it was done is not known: see 'tessera plan'; the files with new secrets are kept"
      )
    }
    for case (_, let path?) in secrets { unlink(path) }
    throw error
  }

  /// The name of the file of a client: its identifier, with everything escaped that is not plain.
  private static func name(of id: ClientID) throws -> String {
    let name = id.rawValue.utf8.reduce(into: "") { name, byte in
      let character = Character(Unicode.Scalar(byte))
      let isPlain =
        character.isLetter || character.isNumber || "-_".contains(character)
        || character == "." && !name.isEmpty
      name +=
        isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    guard name.utf8.count <= 255 else {
      throw CommandFailure(
        "the ID of client \(id) is too long for the name of a file; do without --secrets-out"
      )
    }
    return name
  }

  private static func synchronise(folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("cannot open \(folder): \(SystemError.last)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw CommandFailure("cannot write \(folder): \(SystemError.last)") }
  }
}

/// How they are shown.
extension NewSecretFiles {
  /// Whether they are shown, since they are in no files.
  var areShown: Bool { secrets.contains { $0.file == nil } }

  /// What follows the plan.
  var text: String {
    guard !secrets.isEmpty else { return "" }
    var table = TextTable("CLIENT", "CLIENT ID", areShown ? "SECRET" : "SECRET IN")
    let rows = secrets.map { [$0.made.name, $0.made.clientID.rawValue, $0.file ?? $0.made.secret.exposed] }
    let once = areShown ? "\n\nThe secrets are shown only once; keep them in a safe place." : ""
    return "\n\n" + table.lines(of: rows) + once
  }

  var json: [JSONValue] {
    secrets.map { secret in
      .object([
        .init("client_id", .string(secret.made.clientID.rawValue)),
        .init("name", .string(secret.made.name)),
        secret.file.map { .init("client_secret_file", .string($0)) }
          ?? .init("client_secret", .string(secret.made.secret.exposed)),
      ])
    }
  }
}
