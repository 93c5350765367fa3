import Synchronization

/// What grants are for, once for all clients and tokens that have the same.
///
/// Bounded: of more than a few thousand combinations the rest are not shared.
final class SharedAccess: Sendable {
  private static let capacity = 4096

  private let known = Mutex<[[UInt8]: GrantedAccess]>([:])
  private let questions = Mutex<[GrantQuestion: SharedQuestion]>([:])

  /// The shared one that is this question.
  func shared(_ question: GrantQuestion) -> SharedQuestion {
    questions.withLock { questions in
      if let shared = questions[question] { return shared }
      let made = SharedQuestion(question.detached)
      if questions.count < SharedAccess.capacity { questions[made.question] = made }
      return made
    }
  }

  /// The shared one with these scopes and audiences.
  func access(_ scopes: ScopeSet, _ audiences: [Resource]) -> GrantedAccess {
    let form = GrantPayload.encode(scopes, audiences)
    return access(form) { GrantedAccess(scopes: scopes, audiences: audiences) }
      ?? GrantedAccess(scopes: scopes, audiences: audiences)
  }

  /// The shared one that a sealed token has in this form; nil when it is none.
  func access(sealed form: [UInt8]) -> GrantedAccess? {
    access(form) { GrantPayload.decodeAccess(form) }
  }

  private func access(_ form: [UInt8], _ make: () -> GrantedAccess?) -> GrantedAccess? {
    if let shared = known.withLock({ $0[form] }) { return shared }
    guard let made = make() else { return nil }
    known.withLock { known in
      if known.count < SharedAccess.capacity { known[form] = made }
    }
    return made
  }
}
