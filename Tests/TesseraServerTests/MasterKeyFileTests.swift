import Dispatch
import Foundation
import Synchronization
import TesseraCore
import Testing

@testable import TesseraServer

@Suite struct MasterKeyFileTests {
  @Test func manyThatCreateAtOnceReadTheSameKey() throws {
    let folder = try TemporaryFolder()
    let file = MasterKeyFile(path: folder.path + "/master.key")
    let results = Mutex<[[UInt8]?]>([])
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let key = try? file.readOrCreate(using: .system)
      results.withLock { $0.append(key?.checkValue) }
    }
    let keys = results.withLock { $0 }
    #expect(keys.count == 16 && Set(keys).count == 1 && keys[0] != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["master.key"])
  }

  @Test func folderThatIsNotThereIsNamed() {
    let file = MasterKeyFile(path: "/nonexistent/master.key")
    #expect(throws: MasterKeyFileError.notWritable(path: file.path, reason: SystemError(code: ENOENT))) {
      try file.readOrCreate(using: .system)
    }
  }

  @Test func pipeDoesNotHangTheStart() throws {
    let folder = try TemporaryFolder()
    let file = MasterKeyFile(path: folder.path + "/pipe")
    #expect(mkfifo(file.path, 0o600) == 0)
    #expect(throws: MasterKeyFileError.malformed(path: file.path)) { try file.read() }
  }
}
