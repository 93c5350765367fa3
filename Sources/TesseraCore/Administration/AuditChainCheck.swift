/// Follows the records of one chain and says where it does not hold.
struct AuditChainCheck {
  /// A place where it does not.
  struct Break: Equatable {
    /// The record before, as far as there was one.
    let last: Int64?
    /// The record that does not come after it.
    let number: Int64
  }

  /// The last record that was seen, or what stands for those that are removed; nil at the start of the chain.
  private(set) var head: AuditHead?
  /// The first record that was seen.
  private(set) var first: Int64?
  /// How many were seen.
  private(set) var count = 0

  init(after head: AuditHead?) {
    self.head = head
  }

  /// Takes the next record; where it does not come after the last one, the check goes on from it as it is.
  mutating func take(_ record: AuditRecord) -> Break? {
    let isNext =
      record.number > head?.number ?? .min && record.follows(head?.hash ?? AuditChain.start)
    let found = isNext ? nil : Break(last: head?.number, number: record.number)
    head = record.head
    first = first ?? record.number
    count += 1
    return found
  }
}
