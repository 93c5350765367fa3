import TesseraCore
import TesseraJOSE

/// The connection that makes claims.
///
/// It takes no lock of the store: what decides is the unique index of the table of a period, and what waits is inserted by
/// one statement. Nobody is told before that is committed.
final class Claimer: Sendable {
  /// A claim, and whether it was the first.
  struct Pending: Sendable {
    let claim: SingleUseClaim
    let outcome = Outcome<Bool>()
  }

  /// The most that is inserted together.
  static let batchSize = 256

  private let turns: TurnLine<Pending>

  init(_ connector: Connector) {
    turns = TurnLine(Line("claimer", connector), limitOfEach: SingleUseClaim.mostWaiting)
  }

  /// Adds a claim to make.
  func add(_ turn: Turn<Pending>) {
    turns.add(turn, for: .client(turn.work.claim.clientID)) { self.claimSome() }
  }

  private func claimSome() {
    do throws(StoreError) {
      let connection = try turns.line.connection()
      let batch = turns.begun(Claimer.batchSize)
      do throws(StoreError) {
        var firsts = batch.isEmpty ? [] : try connection.insert(batch.map(\.work.claim))
        // Of several with one digest the first in turn was the first.
        for turn in batch { turn.work.outcome.set(firsts.remove(turn.work.claim.digest) != nil) }
        for turn in batch { turn.finish(nil) }
      } catch {
        // Perhaps they were made all the same, if what was lost is the answer. Nobody may take one for the first.
        for turn in batch { turn.finish(error) }
      }
    } catch {
      // None can be made: whoever waits has waited for long enough.
      for turn in turns.begun(.max) { turn.finish(error) }
    }
  }

  func close() async { await turns.close() }
}

extension Connection {
  /// Inserts the claims whose digest is not there yet; the digests of those that it has inserted.
  ///
  /// Within a period, the unique index decides. The other periods are looked into as well, for a claim with another time:
  /// a subquery with OFFSET is not made a join of, which would read them through. All nodes insert in one order, so that
  /// none waits for another in a circle.
  fileprivate func insert(_ claims: [SingleUseClaim]) throws(StoreError) -> Set<[UInt8]> {
    let distinct = Dictionary(
      claims.map { ($0.digest, $0.expiresAt) },
      uniquingKeysWith: { first, _ in first }
    )
    let rows = Array(distinct)
    let inserted = try run(
      """
      INSERT INTO claims (digest, expires_at)
      SELECT new.digest, new.expires_at
      FROM unnest(\(rows.map(\.key.hexText))::bytea[], \(rows.map { String($0.value.milliseconds) })::bigint[])
        AS new (digest, expires_at)
      WHERE NOT EXISTS (SELECT 1 FROM claims known WHERE known.digest = new.digest OFFSET 0)
      ORDER BY new.digest
      ON CONFLICT DO NOTHING
      RETURNING digest
      """
    )
    return Set(try inserted.map { row throws(StoreError) in try row.value("digest") as [UInt8] })
  }
}

extension [UInt8] {
  /// PostgreSQL's text form of a `bytea`.
  fileprivate var hexText: String {
    let digits = Array("0123456789abcdef".utf8)
    return "\\x"
      + String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
