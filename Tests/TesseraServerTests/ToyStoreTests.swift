import Foundation
import Synchronization
import TesseraCore
import TesseraServer
import TesseraStoreTesting
import Testing

/// What docs/guides/store.md makes is a store like any other.
@Suite struct ToyStoreTests {
  @Test(arguments: StoreConformance.rules)
  func keeps(_ rule: StoreRule) async throws {
    let name = UUID().uuidString
    try await rule.check { try await ToyStore.opener.open(name, mayMake: true) }
  }

  @Test func aDataDirectoryOpensItByItsURL() async throws {
    let folder = try TemporaryFolder()
    let url = try #require(StoreURL("toy:\(UUID().uuidString)"))
    let openers: [StoreOpener] = .all + [ToyStore.opener]
    func open(_ url: StoreURL, whenAbsent: DataDirectory.Absence) async throws -> DataDirectory {
      try await DataDirectory.open(
        folder.path,
        store: url,
        openers: openers,
        whenAbsent: whenAbsent,
        actor: "test"
      )
    }
    await #expect(throws: DataDirectoryError.noData(path: folder.path)) {
      try await open(url, whenAbsent: .fails)
    }
    let made = try await open(url, whenAbsent: .initialises)
    #expect(made.isNew)
    await made.store.close()
    await #expect(throws: StoreError.self) { try await made.store.keys() }
    let again = try await open(url, whenAbsent: .fails)
    #expect(try await again.store.keys().count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["master.key"])
    let unknown = DataDirectoryError.unknownStore(scheme: "toys", known: openers.map(\.scheme))
    await #expect(throws: unknown) {
      try await open(StoreURL(scheme: "toys", location: "x"), whenAbsent: .initialises)
    }
  }

  @Test(arguments: [
    ("sqlite:/a/b", "sqlite", "/a/b"), ("Postgres://a@b/c?d=e:f", "postgres", "//a@b/c?d=e:f"),
    ("a:", "a", ""),
  ])
  func aURLHasASchemeAndAPlace(text: String, scheme: String, location: String) {
    #expect(StoreURL(text) == StoreURL(scheme: scheme, location: location))
  }

  @Test(arguments: ["", "/a/b", ":a", "1a:b", "a b:c", "./a:b"])
  func whatHasNoSchemeIsNoURL(text: String) {
    #expect(StoreURL(text) == nil)
  }
}
