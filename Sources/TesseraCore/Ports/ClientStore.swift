/// Where clients and their secrets are kept.
package protocol ClientStore: Sendable {
  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) async throws(StoreError) -> Client?

  /// The clients with this name in the order of their identifiers: those whose name has the same `Name.key`.
  ///
  /// There is more than one only where they were registered before names were compared by it.
  func clients(named name: String) async throws(StoreError) -> [Client]

  /// At most `limit` clients in the order of their identifiers, those after `id` when it is given.
  func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client]

  /// Adds a client. Throws `conflict` when its identifier or its name is taken, or two secrets have one name, see
  /// `Client.repeatedSecretName`.
  func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError)

  /// Reads a client, lets `change` alter it and writes it, with no other write in between. What `change`
  /// throws is thrown and nothing is written. Throws `notFound`, and `conflict` when a new name is taken, or that of a
  /// new secret is.
  @discardableResult
  func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client

  /// Removes a client and its secrets. Throws `notFound`.
  func deleteClient(_ id: ClientID, audit: AuditEvent) async throws(StoreError)
}
