/// What was found for what an operator typed.
package struct Match<Found: Sendable>: Sendable {
  /// The one that was taken.
  package let found: Found
  /// A note for the operator, if the reference was ambiguous.
  package let note: String?
}

/// What operators type for a client: an identifier first, then a name, current or former.
package struct ClientReference: Sendable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// Which client it is of those that have this ID or this name; nil when there is none.
  package func match(withID client: Client?, named: [Client]) throws(AdministrationError) -> Match<Client>? {
    if let client {
      let others = named.map(\.id).filter { $0 != client.id }
      return Match(
        found: client,
        note: others.isEmpty
          ? nil : "'\(text)' was taken as an ID; it is also the name of client \(list(others))"
      )
    }
    let exact = named.filter { $0.name.utf8.elementsEqual(text.utf8) }
    if let client = exact.first ?? named.first, exact.count == 1 || named.count == 1 {
      let others = named.map(\.id).filter { $0 != client.id }
      return Match(
        found: client,
        note: others.isEmpty
          ? nil
          : "'\(text)' was taken as the name of client \(client.id); \(list(others)) is called alike"
      )
    }
    guard named.isEmpty else {
      throw .conflict("several clients are called '\(text)': \(list(named.map(\.id))); name one by its ID")
    }
    return nil
  }

  /// That there is none, with the client that had that name last.
  package func notFound(recorded: [ClientID]) -> AdministrationError {
    let hint = recorded.first.map { "; client \($0) had that name, see 'tessera audit list --subject \($0)'" }
    return .notFound(.client, "no client has the ID or name '\(text)'" + (hint ?? ""))
  }

  /// What the audit log calls it: the subject of records as it stands, else the ID of the client that has this name, else
  /// of the last that had it.
  package func auditSubject(named: [Client], recorded: [ClientID], isSubject: Bool) -> Match<String> {
    let living = named.map(\.id)
    let clients = living + recorded.filter { !living.contains($0) }
    guard !isSubject, let client = clients.first else {
      let others = clients.filter { $0.rawValue != text }
      return Match(
        found: text,
        note: others.isEmpty
          ? nil
          : "these are the records of '\(text)' itself; it is also the name of client \(list(others))"
      )
    }
    var notes: [String] = []
    if living.isEmpty {
      notes.append("no client is called '\(text)' now; these are the records of client \(client)")
    }
    let others = clients.dropFirst()
    if !others.isEmpty {
      if !living.isEmpty { notes.append("these are the records of client \(client)") }
      notes.append("client \(list(others)) has or had that name too")
    }
    return Match(found: client.rawValue, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }

  private func list(_ ids: some Sequence<ClientID>) -> String { ids.map(\.rawValue).joined(separator: ", ") }
}

extension Administration {
  /// The client that an operator means by its ID or its name.
  package func client(_ reference: String) async throws(AdministrationError) -> Client {
    try await clientMatch(reference).found
  }

  /// The same, with what there is to say about it.
  package func clientMatch(_ reference: String) async throws(AdministrationError) -> Match<Client> {
    let named = try await clients(named: reference)
    var known: Client?
    if let id = ClientID(reference) { known = try await client(withID: id) }
    let meant = ClientReference(reference)
    if let match = try meant.match(withID: known, named: named) { return match }
    throw meant.notFound(recorded: try await recordedClients(named: reference))
  }

  /// What the audit log calls what an operator means.
  package func auditSubject(_ reference: String) async throws(AdministrationError) -> Match<String> {
    ClientReference(reference).auditSubject(
      named: try await clients(named: reference),
      recorded: try await recordedClients(named: reference),
      isSubject: try await !auditRecords(subject: reference, limit: 1).elements.isEmpty
    )
  }
}
