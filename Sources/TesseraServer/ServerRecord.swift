import Foundation
import TesseraCore
import TesseraSQLite

/// What a server leaves in its data directory, in `server.json`, so that commands there name the same issuer.
package struct ServerRecord: Sendable, Equatable, Codable {
  /// The issuer that its tokens belong to.
  let issuer: String
  /// Where this machine reaches its management listener; nil where there is none, and in records of earlier versions.
  let management: String?

  init(issuer: String, management: String? = nil) {
    self.issuer = issuer
    self.management = management
  }

  /// A record of the last server that was started, and whether that one still runs.
  struct Found: Sendable, Equatable {
    let record: ServerRecord
    let isRunning: Bool
  }

  /// Held by a server while it runs; the system takes it back when the process ends, however it does.
  final class Lock: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) {
      self.descriptor = descriptor
    }

    deinit {
      close(descriptor)
    }
  }

  private static let maximumSize = 4096

  static func path(in dataDirectory: String) -> String { dataDirectory + "/server.json" }

  /// The record in this folder; nil when there is none, or none that can be read.
  static func read(in dataDirectory: String) -> Found? {
    let descriptor = open(path(in: dataDirectory), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: maximumSize)
    let count = Foundation.read(descriptor, &bytes, bytes.count)
    guard count > 0, let record = try? JSONDecoder().decode(ServerRecord.self, from: Data(bytes[..<count])),
      IssuerURL.isAllowed(record.issuer)
    else { return nil }
    return Found(record: record, isRunning: flock(descriptor, LOCK_SH | LOCK_NB) != 0)
  }

  /// Puts this record in place of the one before, and returns the lock that shows that its server runs.
  ///
  /// Each server locks a file of its own, which takes the name when it is whole: nobody reads half of one, and
  /// two servers do not wait for each other.
  func write(in dataDirectory: String) throws(SystemError) -> Lock {
    let path = ServerRecord.path(in: dataDirectory)
    let draft = "\(path).\(UUID().uuidString)"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last }
    let lock = Lock(descriptor: descriptor)
    let members =
      [JSONValue.Member("issuer", .string(issuer))]
      + (management.map { [JSONValue.Member("management", .string($0))] } ?? [])
    let text = JSONValue.object(members).text() + "\n"
    do throws(SystemError) {
      guard NewFile.settle(descriptor, in: dataDirectory) == 0 else { throw .last }
      try FileOutput(descriptor: descriptor).write(text)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, rename(draft, path) == 0 else { throw .last }
    } catch {
      unlink(draft)
      throw error
    }
    return lock
  }
}
