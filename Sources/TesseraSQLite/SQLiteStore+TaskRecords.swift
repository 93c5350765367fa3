import GRDB
package import TesseraCore

extension SQLiteStore {
  package func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try await read { database in
      try database.row("SELECT version, state FROM task_records WHERE task = \(task)").map { row in
        TaskRecord(task: task, version: try row.value("version"), state: try row.value("state"))
      }
    }
  }

  package func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try await write(for: .housekeeping) { database throws(StoreError) in
      if record.version == 1 {
        try database.run(
          """
          INSERT INTO task_records (task, version, state) VALUES (\(record.task), 1, \(record.state))
          ON CONFLICT (task) DO NOTHING
          """
        )
      } else {
        try database.run(
          """
          UPDATE task_records SET version = \(record.version), state = \(record.state)
          WHERE task = \(record.task) AND version = \(record.version - 1)
          """
        )
      }
      return database.changesCount > 0
    }
  }
}
