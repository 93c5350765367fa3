import Foundation
import TesseraCore
import Testing

@testable import TesseraServer

/// Whose files are trusted.
///
/// Numbers instead of files, since only root can give files away.
@Suite struct FileTrustTests {
  private static let (root, service, stranger): (uid_t, uid_t, uid_t) = (0, 1000, 1001)
  private let service = FileTrust(user: FileTrustTests.service)
  private let root = FileTrust(user: FileTrustTests.root)

  private func file(_ owner: uid_t, _ mode: mode_t) -> FileStatus { FileStatus(owner: owner, mode: mode) }

  @Test func folderBelongsToItsUserOrToRoot() {
    let (own, strangers) = (file(Self.service, 0o700), file(Self.stranger, 0o700))
    #expect(service.danger(ofFolder: own) == nil)
    #expect(service.danger(ofFolder: file(Self.root, 0o755)) == nil)
    #expect(
      service.danger(ofFolder: strangers) == .belongsToAnother(Self.stranger, insteadOf: Self.service)
    )
    #expect(root.danger(ofFolder: own) == nil, "root works beside every service")
  }

  @Test func databaseBelongsToWhomItsFolderBelongs() {
    let folder = file(Self.service, 0o700)
    for trust in [service, root] {
      #expect(trust.danger(ofDatabase: file(Self.service, 0o600), in: folder) == nil)
      for owner in [Self.root, Self.stranger] {
        #expect(
          trust.danger(ofDatabase: file(owner, 0o600), in: folder)
            == .belongsToAnother(owner, insteadOf: Self.service)
        )
      }
    }
    #expect(service.danger(ofDatabase: file(Self.service, 0o600), in: file(Self.root, 0o755)) == nil)
  }

  @Test func keyBelongsToRootToTheUserOrToTheOneThatRootWorksFor() {
    let (own, strangers) = (file(Self.service, 0o700), file(Self.stranger, 0o700))
    #expect(service.trusts(keyOwner: Self.root, folder: own))
    #expect(service.trusts(keyOwner: Self.service, folder: own))
    #expect(!service.trusts(keyOwner: Self.stranger, folder: own))
    #expect(!service.trusts(keyOwner: Self.stranger, folder: strangers))
    #expect(root.trusts(keyOwner: Self.service, folder: own))
    #expect(!root.trusts(keyOwner: Self.stranger, folder: own))
    #expect(!root.trusts(keyOwner: Self.service, folder: nil))
  }

  @Test func configurationIsWrittenByWhomItIsMeantToBe() {
    for isNamed in [true, false] {
      #expect(service.danger(ofConfiguration: file(Self.service, 0o664), isNamed: isNamed) == nil)
      #expect(service.danger(ofConfiguration: file(Self.root, 0o644), isNamed: isNamed) == nil)
      #expect(
        service.danger(ofConfiguration: file(Self.service, 0o646), isNamed: isNamed) == .writable(0o646)
      )
    }
    let strangers = file(Self.stranger, 0o644)
    #expect(service.danger(ofConfiguration: strangers, isNamed: true) == nil)
    #expect(
      service.danger(ofConfiguration: strangers, isNamed: false)
        == .belongsToAnother(Self.stranger, insteadOf: Self.service)
    )
    #expect(root.danger(ofConfiguration: strangers, isNamed: false) != nil)
  }

  @Test(arguments: [
    ("a", "."), ("a/", "."), ("./a", "."), ("a/b", "a"), ("a/b//", "a"), ("/a", "/"), ("/a/b", "/a"),
    ("/", "/"),
  ])
  func folderOfAPathIsTheOneAbove(path: String, folder: String) {
    #expect(NewFile.folder(of: path) == folder)
  }

  @Test func whatToDoIsSaidInOneLine() {
    let file = UnsafeFile(whatItIs: "the database", path: "/a b/x.sqlite", danger: .readable(0o644))
    #expect(
      file.description
        == "the database /a b/x.sqlite is open to others than its owner (mode 0644); run: chmod 600 '/a b/x.sqlite'"
    )
  }
}
