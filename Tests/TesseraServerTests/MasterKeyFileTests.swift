import Dispatch
import Foundation
import Synchronization
import TesseraCore
import TesseraJOSE
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

  @Test(arguments: [
    (0o600, true, true), (0o400, true, true), (0o440, false, true), (0o640, false, true),
    (0o660, false, false),
    (0o644, false, false), (0o602, false, false), (0o650, false, false),
  ])
  func groupReadsItOnlyWhereThatIsAllowed(permissions: Int, isAllowed: Bool, isAllowedForAGroup: Bool) throws
  {
    let folder = try TemporaryFolder()
    let text = Data(repeating: 1, count: 32).base64EncodedString() + "\n"
    let path = try folder.write(text, to: "key", permissions: permissions)
    #expect(((try? MasterKeyFile(path: path).read()) != nil) == isAllowed)
    #expect(((try? MasterKeyFile(path: path, mayBeReadByGroup: true).read()) != nil) == isAllowedForAGroup)
  }
}
