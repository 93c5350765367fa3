import Foundation
import TesseraCore
import Testing

@testable import TesseraServer

/// The password of a store in a file of its own.
@Suite struct StorePasswordFileTests {
  private func problem(_ path: String, group: Bool = false) -> String? {
    do throws(StoreOpeningError) {
      _ = try StorePasswordFile(path: path, mayBeReadByGroup: group).read()
      return nil
    } catch .failed(let text) {
      return text
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"), (" a b \n", " a b "),
    ("hünter/@:%\n", "hünter/@:%"),
  ])
  func oneLineIsThePassword(content: String, password: String) throws {
    let file = try TemporaryFolder()
    let path = try file.write(content, to: "password")
    #expect(try StorePasswordFile(path: path, mayBeReadByGroup: false).read() == password)
  }

  @Test(arguments: [
    "", "\n", "hunter2\nhunter3", "hunter2\n\n", "hunter\u{0}2", String(repeating: "hunter2", count: 200),
  ])
  func anythingElseIsRefusedUnseen(content: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(content, to: "password")
    let text = try #require(problem(path))
    #expect(text == "the password file \(path) must hold one line, the password, of at most 1024 bytes")
  }

  @Test(arguments: [
    (0o600, true, true), (0o400, true, true), (0o440, false, true), (0o640, false, true),
    (0o660, false, false), (0o644, false, false), (0o602, false, false),
  ])
  func groupReadsItOnlyWhereThatIsAllowed(permissions: Int, isAllowed: Bool, isAllowedForAGroup: Bool) throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write("hunter2\n", to: "password", permissions: permissions)
    #expect((problem(path) == nil) == isAllowed)
    #expect((problem(path, group: true) == nil) == isAllowedForAGroup)
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(problem(pipe) == "the password file \(pipe) is no file")
    #expect(problem(folder.path + "/none")?.hasSuffix("cannot be read: No such file or directory") == true)
  }

  /// It is told by `config check` too, and the password never.
  @Test func theConfigurationNamesIt() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("hunter2\n", to: "password")
    let store = "postgres://u@db.example/t"
    let file = ["TESSERA_STORE": store, "TESSERA_STORE_PASSWORD_FILE": path]
    let configuration = try load(environment: file)
    #expect(try configuration.storePassword?().get() == "hunter2")
    #expect(!String(reflecting: configuration).contains("hunter2"))
    for key in ConfigurationKey.all { #expect(!key.value(in: configuration).contains("hunter2")) }
    #expect(try load(environment: ["TESSERA_STORE": store]).storePassword == nil)
    // It is read anew each time.
    _ = try folder.write("hunter3\n", to: "password")
    #expect(try configuration.storePassword?().get() == "hunter3")
    _ = try folder.write("a\nb", to: "password")
    #expect(
      try refusal(environment: file)?.hasPrefix("store-password-file (from TESSERA_STORE_PASSWORD_FILE): the")
        == true
    )
  }

  @Test(arguments: [nil, "sqlite:/data/other.sqlite"])
  func aStoreWithoutAPasswordHasNone(store: String?) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("hunter2\n", to: "password")
    var environment = ["TESSERA_STORE_PASSWORD_FILE": path]
    environment["TESSERA_STORE"] = store
    let text = try #require(try refusal(environment: environment))
    #expect(text.hasPrefix("store-password-file is set, but the store has no password: "))
  }
}
