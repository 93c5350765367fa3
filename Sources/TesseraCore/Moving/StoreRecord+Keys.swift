import TesseraJOSE

extension ServerState {
  /// The state that a record has; nil for what no version of Tessera writes.
  package init?(_ record: StoreRecord) {
    let kind = RecordKind.serverState
    guard case .bytes(let check) = kind.value("master_key_check", of: record),
      case .integer(let initialised) = kind.value("initialised_at", of: record)
    else { return nil }
    self.init(masterKeyCheck: check, initialisedAt: Timestamp(milliseconds: initialised))
    if case .bytes(let wrapped) = kind.value("secret_hash_key", of: record) { secretHashKey = wrapped }
    if case .integer(let time) = kind.value("tokens_not_before", of: record) {
      tokensNotBefore = Timestamp(milliseconds: time)
    }
  }
}

extension WrappedKey {
  /// The key that a record has; nil for what no version of Tessera writes.
  package init?(_ record: StoreRecord) {
    let kind = RecordKind.keys
    guard case .integer(let number) = kind.value("number", of: record), let number = UInt16(exactly: number),
      case .text(let use) = kind.value("use", of: record), let use = KeyUse(use),
      case .bytes(let wrapped) = kind.value("wrapped", of: record),
      case .integer(let created) = kind.value("created_at", of: record),
      case .integer(let activates) = kind.value("activates_at", of: record)
    else { return nil }
    self.init(
      number: number,
      use: use,
      wrapped: wrapped,
      createdAt: Timestamp(milliseconds: created),
      activatesAt: Timestamp(milliseconds: activates)
    )
  }
}
