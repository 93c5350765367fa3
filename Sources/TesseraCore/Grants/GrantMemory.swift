import Synchronization

/// What a client got for a question that it asks again and again.
///
/// The newest question only: an application asks for the same scopes every time. What decides is in the question
/// (the words, the dialect, what the server knows) or in the client whose memory this is.
final class GrantMemory: Sendable {
  /// What was asked.
  struct Question: Sendable {
    fileprivate let scope: ArraySlice<UInt8>
    fileprivate let dialect: String
    fileprivate let facts: Int

    /// Nil for a request that names resources, which is rare, or no scope.
    init?(_ request: GrantRequest, _ facts: DirectoryFacts) {
      guard !request.parameters.has(.resource), !request.parameters.has(.audience),
        let scope = request.parameters.bytes(.scope)
      else { return nil }
      self.scope = scope
      self.facts = facts.generation
      dialect = request.dialect.name
    }
  }

  private struct Memory {
    let scope: [UInt8]
    let dialect: String
    /// Not the facts themselves, so that keys that are gone do not stay in memory.
    let facts: Int
    let terms: GrantTerms
  }

  private let memory = Mutex<Memory?>(nil)

  /// What the client got; nil when it asked something else the last time.
  func answer(to question: Question) -> GrantTerms? {
    memory.withLock { memory in
      guard let memory, memory.facts == question.facts, memory.dialect == question.dialect,
        memory.scope.elementsEqual(question.scope)
      else { return nil }
      return memory.terms
    }
  }

  /// Keeps what the client got.
  func remember(_ terms: GrantTerms, for question: Question) {
    let new = Memory(
      scope: Array(question.scope),
      dialect: question.dialect,
      facts: question.facts,
      terms: terms
    )
    memory.withLock { $0 = new }
  }
}
