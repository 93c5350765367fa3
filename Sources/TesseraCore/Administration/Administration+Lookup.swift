/// What operators mean by what they type: an identifier first, then a name, of what is there or was.
extension Administration {
  /// What was found.
  package struct Match<Found: Sendable>: Sendable {
    /// The one that was taken.
    package let found: Found
    /// What has to be said about it, when it could have been another.
    package let note: String?
  }

  /// The client that an operator means by its ID or its name.
  package func client(_ reference: String) async throws(AdministrationError) -> Client {
    try await clientMatch(reference).found
  }

  /// The same, with what there is to say about it.
  package func clientMatch(_ reference: String) async throws(AdministrationError) -> Match<Client> {
    let named = try await clients(named: reference)
    if let id = ClientID(reference),
      let client = try await ask(about: .client, await store.client(id))
    {
      let others = named.map(\.id).filter { $0 != id }
      return Match(
        found: client,
        note: others.isEmpty
          ? nil : "'\(reference)' was taken as an ID; it is also the name of client \(list(others))"
      )
    }
    let exact = named.filter { $0.name.utf8.elementsEqual(reference.utf8) }
    if let client = exact.first ?? named.first, exact.count == 1 || named.count == 1 {
      let others = named.map(\.id).filter { $0 != client.id }
      return Match(
        found: client,
        note: others.isEmpty
          ? nil
          : "'\(reference)' was taken as the name of client \(client.id); \(list(others)) is called alike"
      )
    }
    guard named.isEmpty else {
      throw .conflict(
        "several clients are called '\(reference)': \(list(named.map(\.id))); name one by its ID"
      )
    }
    let former = try await ask(about: .client, await store.recordedClients(named: reference))
    let hint = former.first.map { "; client \($0) had that name, see 'tessera audit list --subject \($0)'" }
    throw .notFound(.client, "no client has the ID or name '\(reference)'" + (hint ?? ""))
  }

  /// What the audit log calls what an operator means: the subject of records as it stands, else the ID of the client
  /// that has this name, else of the last that had it.
  package func auditSubject(_ reference: String) async throws(AdministrationError) -> Match<String> {
    var clients = try await clients(named: reference).map(\.id)
    let living = clients.count
    let recorded = try await ask(about: .client, await store.recordedClients(named: reference))
    clients += recorded.filter { !clients.contains($0) }
    let isSubject = try await !auditRecords(subject: reference, limit: 1).elements.isEmpty
    guard !isSubject, let client = clients.first else {
      let others = clients.filter { $0.rawValue != reference }
      return Match(
        found: reference,
        note: others.isEmpty
          ? nil
          : "these are the records of '\(reference)' itself; it is also the name of client \(list(others))"
      )
    }
    var notes: [String] = []
    if living == 0 {
      notes.append("no client is called '\(reference)' now; these are the records of client \(client)")
    }
    let others = clients.dropFirst()
    if !others.isEmpty {
      if living > 0 { notes.append("these are the records of client \(client)") }
      notes.append("client \(list(others)) has or had that name too")
    }
    return Match(found: client.rawValue, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }

  private func list(_ ids: some Sequence<ClientID>) -> String { ids.map(\.rawValue).joined(separator: ", ") }
}
