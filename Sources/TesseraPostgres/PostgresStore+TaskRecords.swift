package import TesseraCore

extension PostgresStore {
  package func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try await read { connection throws(StoreError) in
      try connection.run("SELECT version, state FROM task_records WHERE task = \(task)")
        .map { row throws(StoreError) in
          TaskRecord(task: task, version: try row.value("version"), state: try row.value("state"))
        }.first
    }
  }

  package func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      if record.version == 1 {
        return try connection.run(
          """
          INSERT INTO task_records (task, version, state) VALUES (\(record.task), 1, \(record.state))
          ON CONFLICT (task) DO NOTHING
          """
        ).affected > 0
      }
      return try connection.run(
        """
        UPDATE task_records SET version = \(record.version), state = \(record.state)
        WHERE task = \(record.task) AND version = \(record.version - 1)
        """
      ).affected > 0
    }
  }
}
