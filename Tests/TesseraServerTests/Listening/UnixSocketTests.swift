import Foundation
import Testing

@testable import TesseraServer

/// Unix sockets, and those that are there already.
@Suite struct UnixSocketTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func socket(_ name: String = "s", mode: mode_t = 0o660, owner: String = "") -> UnixSocket {
    UnixSocket(path: folder.path + "/" + name, mode: mode, owner: owner)
  }

  @Test(arguments: [0o600, 0o660, 0o666] as [mode_t])
  func itHasItsMode(_ mode: mode_t) throws {
    let descriptor = try socket(mode: mode).open()
    defer { close(descriptor) }
    #expect(try folder.permissions(of: "s") == Int(mode))
    #expect(try InheritedSocket(descriptor: descriptor, name: "").isUnix)
  }

  @Test func oneThatIsListenedAtIsRefused() throws {
    let path = folder.path + "/s"
    let descriptor = try socket().open()
    defer { close(descriptor) }
    #expect(throws: ListeningProblem.taken(path)) { try socket().open() }
    #expect(FileManager.default.fileExists(atPath: path))
    socket().remove()
    #expect(FileManager.default.fileExists(atPath: path), "it is somebody's")
  }

  @Test func oneThatWasLeftBehindIsReplaced() throws {
    close(try socket().open())
    let descriptor = try socket().open()
    close(descriptor)
    socket().remove()
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
  }

  @Test func whatIsNoSocketIsLeftAlone() throws {
    let path = try folder.write("precious", to: "s")
    #expect(throws: ListeningProblem.notASocket(path)) { try socket().open() }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
  }

  @Test func aPathThatIsTooLong() throws {
    let room = UnixSocket.maximumPath - folder.path.utf8.count - 1
    close(try socket(String(repeating: "a", count: room)).open())
    #expect(
      throws: ListeningProblem.pathTooLong(
        folder.path + "/" + String(repeating: "a", count: room + 1),
        limit: 107
      )
    ) {
      try socket(String(repeating: "a", count: room + 1)).open()
    }
  }

  @Test func aFolderThatIsNotThere() throws {
    #expect(throws: ListeningProblem.failed(folder.path + "/none/s", SystemError(code: ENOENT))) {
      try socket("none/s").open()
    }
  }

  @Test(arguments: ["nobody-of-this-name", "root:no-group-of-this-name", ":no-group-of-this-name"])
  func anOwnerThatIsNotThere(_ owner: String) throws {
    #expect(throws: ListeningProblem.unknownOwner(owner)) { try socket(owner: owner).open() }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
  }

  @Test func aLookTellsWhatCannotBeOpenedAndChangesNothing() throws {
    close(try socket().open())
    try socket().check()
    #expect(FileManager.default.fileExists(atPath: folder.path + "/s"))
    let descriptor = try socket().open()
    defer { close(descriptor) }
    #expect(throws: ListeningProblem.taken(folder.path + "/s")) { try socket().check() }
    let file = try folder.write("precious", to: "f")
    #expect(throws: ListeningProblem.notASocket(file)) { try socket("f").check() }
    #expect(throws: ListeningProblem.self) { try socket("none/s").check() }
    #expect(throws: ListeningProblem.self) { try socket("new", owner: "nobody-of-this-name").check() }
    #expect(throws: ListeningProblem.self) { try socket(String(repeating: "a", count: 200)).check() }
    try socket("new").check()
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
  }

  @Test(arguments: [("", true), ("a", true), ("a:b", true), (":b", true), (":", false), ("a:", false)])
  func owners(_ text: String, _ isOne: Bool) {
    #expect(UnixSocket.isOwner(text) == isOne)
  }

  @Test(
    "sockets that were handed to another process are not taken",
    arguments: [
      ["LISTEN_FDS": "1"], ["LISTEN_PID": "7", "LISTEN_FDS": "1"], ["LISTEN_PID": "8"], [:],
      ["LISTEN_PID": "08", "LISTEN_FDS": "1"],
    ]
  )
  func anotherProcess(_ environment: [String: String]) throws {
    #expect(try InheritedSocket.all(environment, process: 8) == [])
  }

  @Test(arguments: ["0", "-1", "x", "", "65", "99999999999"])
  func nonsenseIsRefused(_ count: String) {
    #expect(throws: ListeningProblem.badHandover(count)) {
      try InheritedSocket.all(["LISTEN_PID": "8", "LISTEN_FDS": count], process: 8)
    }
  }

  @Test func whatDoesNotListenIsRefused() throws {
    let file = open("/dev/null", O_RDONLY)
    defer { close(file) }
    #expect(throws: ListeningProblem.notListening(descriptor: file, name: "x")) {
      try InheritedSocket(descriptor: file, name: "x")
    }
  }
}
