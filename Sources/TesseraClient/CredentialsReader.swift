import Logging
import Synchronization
import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The current credentials.
///
/// Files are read whenever they are asked for, which is once a token request, instead of watching their
/// modification time: two changes within the resolution of that time would look like one, and the files are a few
/// bytes long.
final class CredentialsReader: Sendable {
  private let source: ClientCredentials.Source
  private let logger: Logger
  private let lastRead = Mutex<ClientCredentials?>(nil)

  init(_ source: ClientCredentials.Source, logger: Logger) {
    self.source = source
    self.logger = logger
  }

  /// The credentials as they are now.
  ///
  /// While they cannot be read, they are what they were.
  func current() throws(TokenRequestError) -> ClientCredentials {
    do throws(SecretFile.Failure) {
      let credentials = try read()
      lastRead.withLock { $0 = credentials }
      return credentials
    } catch {
      guard let known = lastRead.withLock({ $0 }) else {
        throw TokenRequestError(.credentialsUnavailable, message: "the client credentials: \(error.reason)")
      }
      logger.warning("keeping the client credentials", metadata: ["reason": "\(error.reason)"])
      return known
    }
  }

  private func read() throws(SecretFile.Failure) -> ClientCredentials {
    switch source {
    case .fixed(let credentials):
      credentials
    case .secretFile(let clientID, let path):
      ClientCredentials(clientID: clientID, clientSecret: try SecretFile.read(path))
    case .files(let clientIDPath, let clientSecretPath):
      ClientCredentials(
        clientID: try SecretFile.read(clientIDPath),
        clientSecret: try SecretFile.read(clientSecretPath)
      )
    case .file(let path):
      try decode(SecretFile.read(path))
    }
  }

  private func decode(_ text: String) throws(SecretFile.Failure) -> ClientCredentials {
    // The decoder's own error can quote the text.
    guard let members = try? JSONDecoder().decode(Members.self, from: Data(text.utf8)),
      !members.client_id.isEmpty, !members.client_secret.isEmpty
    else { throw SecretFile.Failure(reason: "the file is not JSON with client_id and client_secret") }
    return ClientCredentials(clientID: members.client_id, clientSecret: members.client_secret)
  }

  private struct Members: Decodable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let client_id: String
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let client_secret: String
  }
}
