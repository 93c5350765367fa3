import Crypto
import TesseraJOSE

/// An audit event with its place in the log, and in the chain of its kind.
package struct AuditRecord: Sendable, Equatable {
  /// The place in the log; later records have greater numbers.
  package let number: Int64
  /// What was done.
  package let event: AuditEvent
  /// What it made different, by name; never a secret.
  package let differences: [String: AuditDifference]
  /// The chain it is in.
  package let chain: AuditChain
  /// What it adds to its chain; empty outside of one.
  package let hash: [UInt8]

  /// A record as it is stored.
  package init(
    number: Int64,
    event: AuditEvent,
    differences: [String: AuditDifference],
    chain: AuditChain,
    hash: [UInt8]
  ) {
    self.number = number
    self.event = event
    self.differences = differences
    self.chain = chain
    self.hash = hash
  }

  /// A new record, which comes after the one with this hash in its chain.
  package init(
    number: Int64,
    event: AuditEvent,
    differences: [String: AuditDifference],
    after earlier: [UInt8]
  ) {
    self.init(
      number: number,
      event: event,
      differences: differences,
      chain: event.action.chain,
      hash: AuditRecord.hash(number, event, differences, after: earlier)
    )
  }

  /// It, as what stands for its chain up to here.
  package var head: AuditHead { AuditHead(number: number, hash: hash) }

  /// Whether it is as it was written, right after the record with this hash.
  package func follows(_ earlier: [UInt8]) -> Bool {
    chain == event.action.chain && hash == AuditRecord.hash(number, event, differences, after: earlier)
  }

  /// SHA-256 over the hash before it and every value in its order, those by name in the order of the bytes of the names.
  private static func hash(
    _ number: Int64,
    _ event: AuditEvent,
    _ differences: [String: AuditDifference],
    after earlier: [UInt8]
  ) -> [UInt8] {
    var canonical = CanonicalBytes()
    canonical.append("tessera audit record 1")
    canonical.append(earlier)
    canonical.append(event.action.chain.rawValue)
    canonical.append(number)
    canonical.append(event.time.milliseconds)
    canonical.append(event.actor)
    canonical.append(event.address)
    canonical.append(event.action.rawValue)
    canonical.append(event.subject)
    canonical.append(Int64(event.details.count))
    for (name, value) in sorted(event.details) {
      canonical.append(name)
      canonical.append(value)
    }
    canonical.append(Int64(differences.count))
    for (name, difference) in sorted(differences) {
      canonical.append(name)
      canonical.append(difference.before)
      canonical.append(difference.after)
    }
    return Array(SHA256.hash(data: canonical.bytes))
  }

  private static func sorted<Value>(_ values: [String: Value]) -> [(key: String, value: Value)] {
    values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
