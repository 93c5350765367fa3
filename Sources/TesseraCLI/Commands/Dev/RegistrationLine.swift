import Foundation
import TesseraCore
import TesseraServer

/// The line that registers an application, to be pasted as it is.
enum RegistrationLine {
  /// A name that is free, a scope that can be granted, this data directory and this program: wherever it is pasted.
  static func text(dataDirectory: String, administration: Administration) async throws -> String {
    let scope = try await administration.grantedScopes().first?.name ?? "SCOPE"
    var (name, number) = ("my-app", 2)
    while try await !administration.clients(named: name).isEmpty {
      name = "my-app-\(number)"
      number += 1
    }
    let data = whole(dataDirectory).shellQuoted
    return "\(program) client create --name \(name) --scope \(scope.shellQuoted) --data \(data)"
  }

  /// How this program was called; a path would not lead to it from another folder.
  private static var program: String {
    let called = CommandLine.arguments.first ?? "tessera"
    return called.contains("/") ? whole(called).shellQuoted : called.shellQuoted
  }

  private static func whole(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
  }
}
