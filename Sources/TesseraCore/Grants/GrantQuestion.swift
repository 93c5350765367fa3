/// What decides a grant besides the client and what the server knows: the words for the scopes, and the dialect.
///
/// An application asks for the same every time, and many ask for the same, so the answer is remembered by client
/// and the question shared.
struct GrantQuestion: Hashable, Sendable {
  let scope: ArraySlice<UInt8>
  let dialect: String

  /// The most bytes of a text that is remembered: what is longer is worked out again each time.
  private static let longestScope = 1024

  /// Nil for a request that names resources, which is rare, no scope, or scopes in a very long text.
  init?(_ request: GrantRequest) {
    guard !request.parameters.has(.resource), !request.parameters.has(.audience),
      let scope = request.parameters.bytes(.scope), scope.count <= GrantQuestion.longestScope
    else { return nil }
    self.scope = scope
    dialect = request.dialect.name
  }

  private init(scope: [UInt8], dialect: String) {
    self.scope = scope[...]
    self.dialect = dialect
  }

  /// The same without the rest of the request in memory.
  var detached: GrantQuestion { GrantQuestion(scope: Array(scope), dialect: dialect) }
}

/// A question that many clients have asked.
final class SharedQuestion: Sendable {
  let question: GrantQuestion

  init(_ question: GrantQuestion) {
    self.question = question
  }
}
