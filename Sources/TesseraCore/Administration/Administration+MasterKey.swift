import TesseraSupport

extension Administration {
  static let masterKeyIsMissing = "the master key of the store was changed; run it again with the new one"

  /// Protects by another master key all that the present one protects, in one step, and returns how many keys were wrapped
  /// anew.
  ///
  /// Tokens and secrets stay valid. Throws `conflict` when the store has another master key than this process.
  package func changeMasterKey(to new: MasterKey) async throws(AdministrationError) -> Int {
    try await ask(about: .server, await rewrapKeys(by: new))
  }

  private func rewrapKeys(by new: MasterKey) async throws(StoreError) -> Int {
    let (old, randomness) = (masterKeys.current, randomness)
    guard old.checkValue != new.checkValue else { throw .conflict("this is the master key already") }
    try await store.rewrapKeys(audit: event(.masterKeyChanged, "server")) { protected throws(StoreError) in
      guard protected.state.isProtected(by: old) else { throw .conflict(Administration.masterKeyIsMissing) }
      do throws(KeyUnwrappingError) {
        try protected.rewrap(from: old, to: new, using: randomness)
      } catch {
        throw .invalid(error.description)
      }
    }
    return try await store.keys().count
  }
}
