/// What those who do a task for all keep of it, so that whoever does it next goes on from there.
package struct TaskRecord: Sendable, Equatable {
  /// The task; there is one record of each.
  package let task: String
  /// 1 for the first of a task, and one more each time.
  package let version: Int64
  /// What is kept, in words of the task.
  package let state: String

  package init(task: String, version: Int64, state: String) {
    self.task = task
    self.version = version
    self.state = state
  }
}
