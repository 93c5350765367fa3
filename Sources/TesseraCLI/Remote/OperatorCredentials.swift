import Foundation
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// Who asks, as `tessera operator create` has printed it.
struct OperatorCredentials {
  let clientID: String
  let clientSecret: String
  /// What it may do at the management API; empty where the file does not say.
  let scopes: [String]

  /// Reads a file that nobody else may read.
  init(file path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CommandFailure("cannot read \(path): \(SystemError.last)", .usage)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw CommandFailure("others may read \(path), which holds a secret: chmod 600 \(path)", .usage)
    }
    let text: String
    do throws(SecretFile.Failure) {
      text = try SecretFile.read(path)
    } catch {
      throw CommandFailure("cannot read \(path): \(error.reason)", .usage)
    }
    guard let members = JSON(text.utf8)?.members, let id = members["client_id"]?.text,
      let secret = members["client_secret"]?.text
    else {
      throw CommandFailure(
        "\(path) is not what 'tessera operator create --format json' prints: JSON with client_id and client_secret",
        .usage
      )
    }
    clientID = id
    clientSecret = secret
    scopes = (members["scopes"]?.elements ?? []).compactMap(\.text)
      .filter { OperatorScope(rawValue: $0) != nil }
  }
}
