import TesseraCore
import TesseraJOSE

extension RemoteAdministration {
  func planned(_ declaration: Declaration, pruning: Bool) async throws -> PlannedDeclaration {
    // What is told of two places is told here, where it is known which file they are in.
    try declaration.checkClients()
    let members = declaration.jsonMembers + [.init("prune", .boolean(pruning))]
    let plan: ShownPlan
    do {
      plan = try await declaration.located {
        try await api.show("POST", "declaration/plan", .object(members)) { shown throws(UnreadableJSON) in
          try ShownPlan(shown)
        }
      }
    } catch AdministrationError.invalid(_, let text) {
      throw DeclarationError(text)
    }
    return PlannedDeclaration(plan: plan) { folder in
      try await carryOut(plan, declaration, members, secretsIn: folder)
    }
  }

  /// The secrets come with the answer: what could keep them from being written is looked for before.
  private func carryOut(
    _ plan: ShownPlan,
    _ declaration: Declaration,
    _ members: [JSONValue.Member],
    secretsIn folder: String?
  ) async throws -> (done: ShownPlan, secrets: NewSecretFiles) {
    if let folder {
      let new = plan.changes.filter { change in change.differences.contains { $0.name == "secret" } }
      if !new.isEmpty { try NewSecretFiles.prepare(folder, for: new.compactMap(\.clientID)) }
    }
    let body = members + (plan.digest.map { [.init("digest", .string($0))] } ?? [])
    let applied: AppliedDeclaration
    do {
      applied = try await declaration.located {
        try await api.show("POST", "declaration/apply", .object(body)) { shown throws(UnreadableJSON) in
          try AppliedDeclaration(shown)
        }
      }
    } catch let error where FailureReport(error).exitCode == .unreachable {
      throw FailureReport(error).failure(adding: "whether it was done is not known: see 'tessera plan'")
    }
    do {
      return (applied.plan, try NewSecretFiles(applied.secrets, in: folder))
    } catch {
      let clients = applied.secrets.map(\.clientID.rawValue).joined(separator: ", ")
      throw FailureReport(error).failure(
        adding: "everything declared was done, but the new secrets are lost; "
          + "'tessera client secret add' makes others for: \(clients)"
      )
    }
  }

  func exportEntries(_ write: ([ExportedEntry]) throws -> Void) async throws -> Int {
    var operators: Int?
    try await api.lines("declaration") { text in
      var entries: [ExportedEntry] = []
      for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
        guard operators == nil, let json = JSON(line) else { throw api.unreadable("") }
        if json.members?["kind"] == nil {
          operators = try api.read(json) { shown throws(UnreadableJSON) in try ExportEnd(shown).operators }
        } else {
          entries.append(try api.read(json) { shown throws(UnreadableJSON) in try ExportedEntry(shown) })
        }
      }
      try write(entries)
    }
    guard let operators else { throw api.brokenOff }
    return operators
  }

  func takeOver(
    _ file: ForeignFile,
    _ settings: ClientImport,
    progress: (_ done: Int) -> Void
  ) async throws -> ImportReport {
    func text(_ bytes: [UInt8]) throws -> JSONValue {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure("the file is not UTF-8; nothing was imported", .usage)
      }
      return .string(text)
    }
    var members: [JSONValue.Member] = [
      .init("source", .string(file.source.rawValue)), .init("file", try text(file.bytes)),
      .init("scopes", JSONValue(settings.addedScopes.map(\.name))),
      .init("token_format", .string(settings.tokenFormat.rawValue)),
      .init("dry_run", .boolean(settings.isDryRun)),
    ]
    if let grants = file.grants { members.append(.init("client_grants", try text(grants))) }
    if let resource = settings.resourceOfNewScopes {
      members.append(.init("resource_of_new_scopes", .string(resource.uri)))
    }
    return try await api.show("POST", "import", .object(members)) { shown throws(UnreadableJSON) in
      try ImportRepresentation(shown).report
    }
  }
}

extension Declaration {
  /// What is sent of it.
  fileprivate var jsonMembers: [JSONValue.Member] {
    DeclaredKind.allCases.compactMap { kind in
      guard let entries = entries[kind] else { return nil }
      let objects = entries.map { entry in
        JSONValue.object(
          entry.members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.value.json) }
        )
      }
      return JSONValue.Member(kind.rawValue, .array(objects))
    }
  }

  /// Runs this; what is refused by its place in what was sent is told by that in the files.
  fileprivate func located<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as DeclarationError {
      guard let place = error.place.flatMap(place) else { throw error }
      throw DeclarationError(at: place, error.text)
    }
  }

  /// The place in a file of what was sent at this JSON Pointer.
  private func place(of sent: DeclaredPlace) -> DeclaredPlace? {
    let parts = sent.description.split(separator: "/").map(String.init)
    guard parts.count >= 2, let kind = DeclaredKind(rawValue: parts[0]), let index = Int(parts[1]),
      let entries = entries[kind], entries.indices.contains(index)
    else { return nil }
    let entry = entries[index]
    return parts.count > 2 ? entry.members[parts[2]]?.place ?? entry.place : entry.place
  }
}
