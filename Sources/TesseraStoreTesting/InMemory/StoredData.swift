import TesseraCore
import TesseraJOSE

/// Everything that an `InMemoryStore` holds.
struct StoredData: Sendable {
  /// A change with the time of the mutation that made it.
  struct TimedChange: Sendable {
    let change: Change
    let madeAt: Timestamp
  }

  var clients: [ClientID: Client] = [:]
  /// The clients of each name, by `Name.key`.
  var clientsByName: [String: Set<ClientID>] = [:]
  var resources: [Resource: ResourceDefinition] = [:]
  var scopes: [Scope: ScopeDefinition] = [:]
  var keys: [UInt16: WrappedKey] = [:]
  var revocations: [TokenID: RevocationRecord] = [:]
  var clientNotBefores: [ClientID: ClientNotBefore] = [:]
  var serverState: ServerState?
  var audit: [AuditRecord] = []
  var changes: [TimedChange] = []

  /// Adds the audit row of a mutation and a change for each thing that others must read again.
  ///
  /// Returns the sequence number of the last.
  @discardableResult
  mutating func record(_ event: AuditEvent, changed subjects: Change.Subject...) -> Int64 {
    audit.append(AuditRecord(number: (audit.last?.number ?? 0) + 1, event: event))
    for subject in subjects {
      let sequence = (changes.last?.change.sequence ?? 0) + 1
      changes.append(
        TimedChange(change: Change(sequence: sequence, subject: subject), madeAt: event.time)
      )
    }
    return changes.last?.change.sequence ?? 0
  }
}
