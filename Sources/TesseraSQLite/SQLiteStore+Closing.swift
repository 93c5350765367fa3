import Dispatch
import GRDB

extension SQLiteStore {
  /// Closes the database after the calls that are under way.
  ///
  /// Later calls throw `unavailable`.
  package func close() async {
    await withCheckedContinuation { continuation in
      SQLiteStore.fileQueue.async {
        // Readers first: only a connection that can write moves the `-wal` file into the database when it
        // is the last to close, and operators copy the database file of a stopped server.
        pool.releaseMemory()
        // Whatever fails here loses nothing: every commit is on the disk already.
        try? pool.close()
        continuation.resume()
      }
    }
  }
}
