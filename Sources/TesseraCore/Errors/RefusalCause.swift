/// Why a request was refused, beside its answer.
///
/// A class, so that an answer that grants something carries no more than a reference that is not there.
package final class RefusalCause: Sendable {
  package let error: OAuthError

  init(_ error: OAuthError) {
    self.error = error
  }
}
