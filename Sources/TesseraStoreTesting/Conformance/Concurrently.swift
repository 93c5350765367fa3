/// Runs a function this many times at once, each with its index, and returns the results in no order.
func concurrently<Value: Sendable>(
  _ count: Int,
  _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: Value.self) { group in
    for index in 0..<count {
      group.addTask { try await body(index) }
    }
    var values: [Value] = []
    for try await value in group { values.append(value) }
    return values
  }
}
