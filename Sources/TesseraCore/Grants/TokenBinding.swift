/// A way to bind tokens to a key of which their client proves possession (RFC 8705 §3, RFC 9449 §5).
package protocol TokenBinding: Sendable {
  /// The key to which the token of this request is bound; nil where it is bound in no such way.
  ///
  /// Throws where the client gets no token that is not bound in this way, and where the proof does not hold.
  func confirmation(
    for client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Confirmation?
}
