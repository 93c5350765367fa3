import Logging
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
struct CredentialsReader: Sendable {
  private let source: ClientCredentials.Source
  private let last: LastReading<ClientCredentials>

  init(_ source: ClientCredentials.Source, logger: Logger) {
    self.source = source
    last = LastReading("the client credentials", logger: logger)
  }

  /// The credentials as they are now.
  ///
  /// While they cannot be read, they are what they were.
  func current() throws(TokenRequestError) -> ClientCredentials {
    try last.current { _ throws(SecretFile.Failure) in try read() }
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
