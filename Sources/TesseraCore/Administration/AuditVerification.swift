package import TesseraJOSE

/// What was found when the whole audit log was checked.
package struct AuditVerification: Sendable, Equatable {
  /// One chain.
  package struct Chain: Sendable, Equatable {
    package let chain: AuditChain
    package let count: Int
    /// The first and the last record; nil when there are none.
    package let numbers: ClosedRange<Int64>?
    /// How many records came after the checkpoint, which nothing signed protects yet.
    package let countSinceCheckpoint: Int
  }

  package var chains: [Chain] = []
  /// How many records are from before there were chains: nothing protects these.
  package var unprotectedCount = 0
  /// What is wrong, a line each; none when the log is as it was written.
  package var problems: [String] = []
  /// The checkpoint, if there is one that holds.
  package var checkpoint: AuditMark?
  /// When it was signed.
  package var checkpointTime: Timestamp?

  /// What `body` gives; nil where the log was altered, which becomes a problem.
  mutating func noting<Value>(_ body: () throws(AuditLogError) -> Value) -> Value? {
    do throws(AuditLogError) {
      return try body()
    } catch {
      if case .altered(let finding) = error { problems.append(finding.description) }
      return nil
    }
  }
}
