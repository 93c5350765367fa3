package import TesseraJOSE

/// What a store writes for one thing that is done, all of it in one transaction.
///
/// The rules of what follows from what stand in the functions that make one, so that no store has rules of its own. They
/// are pure: they take what the store has read in the same transaction, and throw what its caller is to get.
package struct Mutation: Sendable, Equatable {
  /// One row, or the rows of one thing, that are written.
  package enum Write: Sendable, Equatable {
    /// A client that is new, with its secrets.
    case insertClient(Client)
    /// A client in place of the one with its identifier, with its secrets.
    case updateClient(Client)
    /// What revoking its tokens changes of a client: from when they are active, its version and the time of that.
    case updateTokensNotBefore(Client)
    case deleteClient(ClientID)
    /// From when the tokens of a client are active, in place of what was said before, with the time of the event and
    /// the number of the change; see `notBefore`.
    case setNotBefore(ClientID, Timestamp)
    case insertScope(ScopeDefinition)
    case updateScope(ScopeDefinition)
    case insertResource(ResourceDefinition)
    case updateResource(ResourceDefinition)
    case insertKey(WrappedKey)
    case updateKey(WrappedKey)
    case deleteKey(UInt16)
    case setServerState(ServerState)
    case setAuditMark(AuditMark)
    /// A revocation, with the number of the change.
    case insertRevocation(Revocation)
    /// The revocations of the tokens of a client, of those that expired before a time where one is given.
    case deleteRevocations(of: ClientID, expiredBefore: Timestamp?)
  }

  /// The audit row.
  package let audit: AuditEvent
  /// What the audit row says beside it: what is different now.
  package let differences: [String: AuditDifference]
  /// The rows of the feed, in this order.
  ///
  /// What is written has the number of the last.
  package let changes: [Change.Subject]
  /// The data, in this order.
  package private(set) var writes: [Write]

  init(
    _ audit: AuditEvent,
    _ changes: Change.Subject...,
    writes: [Write],
    differences: [String: AuditDifference] = [:]
  ) {
    self.audit = audit
    self.differences = differences
    self.changes = changes
    self.writes = writes
  }

  /// The same, once these are written.
  func after(_ earlier: [Write]) -> Mutation {
    var mutation = self
    mutation.writes = earlier + writes
    return mutation
  }

  /// Its audit row, which comes after the one with this hash in its chain.
  package func record(numbered number: Int64, after earlier: [UInt8]) -> AuditRecord {
    AuditRecord(number: number, event: audit, differences: differences, after: earlier)
  }

  /// What is stored for `Write.setNotBefore` when this is the number of the change.
  package func notBefore(_ time: Timestamp, of id: ClientID, at sequence: Int64) -> ClientNotBefore {
    ClientNotBefore(clientID: id, notBefore: time, madeAt: audit.time, sequence: sequence)
  }
}
