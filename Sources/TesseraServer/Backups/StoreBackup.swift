import Foundation
package import TesseraCore
import TesseraJOSE
package import TesseraSupport

/// A backup of everything that a store has, while its servers run.
package struct StoreBackup: Sendable {
  /// Where a backup is written to.
  package enum Target: Sendable {
    /// A file, which may take the place of another one.
    case file(String, replaces: Bool)
    /// Standard output.
    case standardOutput
  }

  private let place: StorePlace
  private let target: Target
  private let clock: WallClock

  package init(of place: StorePlace, to target: Target, clock: WallClock = .system) {
    self.place = place
    self.target = target
    self.clock = clock
  }

  /// Makes it, and returns what is in it; `progress` hears of each batch.
  package func run(
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) async throws(StoreMoveError) -> [RecordTally] {
    try await BlockingWork.run { () throws(StoreMoveError) in try write(progress) }
  }

  private func write(
    _ progress: @escaping (_ done: Int, _ total: Int) -> Void
  ) throws(StoreMoveError) -> [RecordTally] {
    let snapshot = try place.openToBackUp()
    switch target {
    case .file(let path, let replaces):
      let file = try BackupFile(path, replacing: replaces)
      let tallies = try write(snapshot, progress, to: file.write)
      try file.finish()
      return tallies
    case .standardOutput:
      return try write(snapshot, progress) { bytes throws(StoreMoveError) in
        do throws(SystemError) {
          try FileOutput.standardOutput.write(bytes[...])
        } catch {
          throw .failed("cannot write the backup to standard output: \(error)")
        }
      }
    }
  }

  private func write(
    _ snapshot: any StoreSnapshot,
    _ progress: @escaping (_ done: Int, _ total: Int) -> Void,
    to write: ([UInt8]) throws(StoreMoveError) -> Void
  ) throws(StoreMoveError) -> [RecordTally] {
    var failure: StoreMoveError?
    do throws(BackupError) {
      return try BackupWriter(of: snapshot, progress: progress).run(by: Version.current, at: clock.now) {
        bytes throws(BackupError) in
        do throws(StoreMoveError) {
          try write(bytes)
        } catch {
          failure = error
          throw .unusable(error.description)
        }
      }
    } catch .store(let error) {
      throw .failed("cannot read \(place.name): \(error)")
    } catch {
      throw failure ?? .failed("\(error)")
    }
  }
}
