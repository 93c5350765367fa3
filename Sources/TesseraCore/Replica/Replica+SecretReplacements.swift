import Synchronization
import TesseraJOSE
import TesseraSupport

/// What is to be kept of a secret in place of a foreign hash, since it was presented rightly.
struct SecretReplacement: Sendable {
  let clientID: ClientID
  let earlier: StoredSecret
  let replacement: StoredSecret
}

extension Replica {
  /// How many may wait to be written: more are verified by the foreign hash once more.
  private static let maximumReplacements = 10_000

  /// Notes in memory what is to be kept of a secret.
  ///
  /// Whoever presented it does not wait until that is written.
  func noteReplacement(of earlier: StoredSecret, by replacement: StoredSecret, of id: ClientID) {
    secretReplacements.withLock { waiting in
      guard waiting.count < Replica.maximumReplacements else { return }
      waiting.append(SecretReplacement(clientID: id, earlier: earlier, replacement: replacement))
    }
  }

  /// Writes what is to be kept of secrets, each where the store still has the foreign hash.
  ///
  /// What could not be written is written the next time.
  package func writeSecretReplacements() async throws(StoreError) {
    var waiting = secretReplacements.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }[...]
    while let next = waiting.first {
      do throws(StoreError) {
        try await write(next)
      } catch .unavailable(let text) {
        // The one that failed comes last, so that a client which cannot be read holds up no other.
        secretReplacements.withLock { $0 = waiting.dropFirst() + $0 + [next] }
        throw .unavailable(text)
      } catch {
        // Another node was first, or an operator has removed it.
      }
      waiting = waiting.dropFirst()
    }
  }

  private func write(_ next: SecretReplacement) async throws(StoreError) {
    guard case .foreign(let hashing, _) = next.earlier.hash else { return }
    let audit = AuditEvent(
      time: clock.now,
      actor: "server",
      action: .clientUpdated,
      subject: next.clientID.rawValue,
      details: ["secret": next.earlier.name, "hash": "\(hashing.name), replaced since it was presented"]
    )
    try await store.updateClient(next.clientID, audit: audit) { client throws(StoreError) in
      guard let index = client.secrets.firstIndex(of: next.earlier) else {
        throw .conflict("The secret was changed meanwhile")
      }
      client.secrets[index] = next.replacement
    }
  }
}
