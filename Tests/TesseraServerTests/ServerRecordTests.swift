import Foundation
import Testing

@testable import TesseraServer

/// Whom commands believe about the issuer, since they send secrets there.
@Suite struct ServerRecordTests {
  @Test(arguments: [(0o700, true), (0o750, true), (0o755, true), (0o777, false), (0o770, false)])
  func theRecordOfAFolderThatOthersCanWriteIsNotBelieved(mode: Int, isBelieved: Bool) throws {
    let folder = try TemporaryFolder()
    let configuration = try load(environment: ["TESSERA_DATA_DIR": folder.path])
    let issuer = "https://tokens.example.com"
    let lock = try ServerRecord(issuer: issuer).write(in: folder.path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
    #expect((configuration.issuerInUse == issuer) == isBelieved)
    withExtendedLifetime(lock) {}
  }
}
