import TesseraJOSE

/// The inputs of a grant decision beside the client and the server's facts: the requested scopes and the dialect.
///
/// An application asks for the same every time, and many ask for the same, so the answer is remembered by client
/// and the question shared.
struct GrantQuestion: Hashable, Sendable {
  let scope: ArraySlice<UInt8>
  let dialect: String

  /// The same without the rest of the request in memory.
  var detached: GrantQuestion { GrantQuestion(scope: Array(scope)[...], dialect: dialect) }
}

/// A question that many clients have asked.
final class SharedQuestion: Sendable {
  let question: GrantQuestion

  init(_ question: GrantQuestion) {
    self.question = question
  }
}

/// The questions of all clients, each once.
///
/// Bounded in bytes, and in what one client can put there; what is not shared works as well.
final class SharedQuestions: Sendable {
  private let known = SharedLock(SharedTable<GrantQuestion, SharedQuestion>())

  /// How many there are, and how many bytes they take.
  var extent: (count: Int, size: Int) { known.withLock { $0.extent } }

  /// The shared one that is this question, which a client asks.
  func shared(_ question: GrantQuestion, asker: ClientID) -> SharedQuestion {
    known.withLock { known in
      if let shared = known.value(for: question) { return shared }
      let made = SharedQuestion(question.detached)
      known.insert(made, for: made.question, size: question.scope.count, by: asker)
      return made
    }
  }
}
