import Synchronization
package import TesseraJOSE
package import TesseraSupport

/// What operators can do and look at.
///
/// The command line and whatever else operators use share it. Each operation takes values that are checked already,
/// writes once with its audit event, and throws an `AdministrationError`.
package struct Administration: Sendable {
  let store: any Store
  let masterKeys: MasterKeys
  let lifetime: TokenLifetime
  let rotation: KeyRotation
  /// The grant types that clients can be registered for: those that the server has.
  package let grantTypes: [GrantType]
  let clock: WallClock
  var randomness: RandomSource
  let importer = SecretImporter()
  /// Who does it, for the audit log, such as `cli:alice`.
  var actor: String
  /// Where they ask from, for the audit log; nil for this machine.
  var address: String?
  private let writing = WritingFlag()

  package init(
    store: any Store,
    masterKeys: MasterKeys,
    lifetime: TokenLifetime = TokenLifetime(),
    keyRotation: KeyRotation.Settings = KeyRotation.Settings(),
    grantTypes: [GrantType] = GrantType.all,
    actor: String,
    address: String? = nil,
    clock: WallClock = .system,
    randomness: RandomSource = .system
  ) {
    self.store = store
    self.masterKeys = masterKeys
    self.lifetime = lifetime
    rotation = KeyRotation(settings: keyRotation, longestLifetime: lifetime.longest)
    self.grantTypes = grantTypes
    self.actor = actor
    self.address = address
    self.clock = clock
    self.randomness = randomness
  }

  /// The same with a master key that is not changed.
  package init(
    store: any Store,
    masterKey: MasterKey,
    lifetime: TokenLifetime = TokenLifetime(),
    keyRotation: KeyRotation.Settings = KeyRotation.Settings(),
    grantTypes: [GrantType] = GrantType.all,
    actor: String,
    address: String? = nil,
    clock: WallClock = .system,
    randomness: RandomSource = .system
  ) {
    self.init(
      store: store,
      masterKeys: MasterKeys(masterKey),
      lifetime: lifetime,
      keyRotation: keyRotation,
      grantTypes: grantTypes,
      actor: actor,
      address: address,
      clock: clock,
      randomness: randomness
    )
  }

  /// Whether anything was done that is recorded, or tried.
  package var hasWritten: Bool { writing.isSet.load(ordering: .relaxed) }

  func event(
    _ action: AuditEvent.Action,
    _ subject: String,
    _ details: [String: String] = [:]
  ) -> AuditEvent {
    writing.isSet.store(true, ordering: .relaxed)
    return AuditEvent(
      time: clock.now,
      actor: actor,
      address: address,
      action: action,
      subject: subject,
      details: details
    )
  }

  /// Asks the store about things of this kind, and throws its errors as those of administration.
  func ask<Answer>(
    about kind: AdministrationError.Kind,
    _ answer: @autoclosure () async throws(StoreError) -> Answer
  ) async throws(AdministrationError) -> Answer {
    do throws(StoreError) {
      return try await answer()
    } catch {
      throw AdministrationError(error, about: kind)
    }
  }

  /// Changes a client in the store, if it has this version where one is given, and throws what `change` throws as it is.
  @discardableResult
  func changeClient(
    _ id: ClientID,
    ifVersion version: Int? = nil,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(AdministrationError) -> Void
  ) async throws(AdministrationError) -> Client {
    let refusal = Refusal()
    do throws(StoreError) {
      return try await store.updateClient(id, audit: audit) { client throws(StoreError) in
        try refusal.keeping { () throws(AdministrationError) in
          let next = try AdministrationError.next(after: client.version, ifVersion: version)
          try change(&client)
          client.version = next
        }
      }
    } catch {
      throw refusal.error ?? AdministrationError(error, about: .client)
    }
  }

  /// Changes a resource in the store, if it has this version where one is given, and throws what `change` throws as it
  /// is.
  @discardableResult
  func changeResource(
    _ resource: Resource,
    ifVersion version: Int? = nil,
    with key: KeyChange? = nil,
    revokingTokens: Bool = false,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(AdministrationError) -> Void
  ) async throws(AdministrationError) -> ResourceDefinition {
    let refusal = Refusal()
    do throws(StoreError) {
      return try await store.updateResource(
        resource,
        with: key,
        revokingTokens: revokingTokens,
        audit: audit
      ) { definition throws(StoreError) in
        try refusal.keeping { () throws(AdministrationError) in
          let next = try AdministrationError.next(after: definition.version, ifVersion: version)
          try change(&definition)
          definition.version = next
        }
      }
    } catch {
      throw refusal.error ?? AdministrationError(error, about: .resource)
    }
  }
}

/// Shared by the copies of an `Administration`.
private final class WritingFlag: Sendable {
  let isSet = Atomic(false)
}

extension AdministrationError {
  /// The version of what is changed now.
  ///
  /// Throws when `given` is another one than the current one.
  fileprivate static func next(
    after current: Int,
    ifVersion given: Int?
  ) throws(AdministrationError) -> Int {
    if let given, given != current { throw .versionMismatch(given: given, current: current) }
    return current + 1
  }
}

/// Why a change was refused in the middle of a write: a store passes on only a `StoreError`, which has no field.
private final class Refusal: Sendable {
  private let kept = Mutex<AdministrationError?>(nil)

  var error: AdministrationError? { kept.withLock { $0 } }

  func keeping(_ change: () throws(AdministrationError) -> Void) throws(StoreError) {
    do throws(AdministrationError) {
      try change()
    } catch {
      kept.withLock { $0 = error }
      throw .invalid(error.description)
    }
  }
}
