import Crypto
package import TesseraJOSE

/// A plan as it is shown, before it is carried out or afterwards.
package struct ShownPlan: Representation, Equatable {
  /// What is done to one thing.
  package struct Change: Sendable, Equatable {
    package let action: DeclarationPlan.Change.Action
    package let kind: DeclaredKind
    package let name: String
    /// The identifier of a client; nil while it is not known, and for other things.
    package let clientID: ClientID?
    package let differences: [DeclarationPlan.Difference]
  }

  package let changes: [Change]
  /// What is left alone.
  package let unlisted: [DeclaredKind: DeclarationPlan.Unlisted]
  /// What tells this plan from another; nil once it was carried out.
  package let digest: String?

  /// `isDone` says whether it was carried out: then all identifiers are known.
  package init(_ plan: DeclarationPlan, isDone: Bool) {
    changes = plan.changes.map { change in
      Change(
        action: change.action,
        kind: change.kind,
        name: change.name,
        clientID: isDone ? change.client?.id : change.clientID,
        differences: change.differences
      )
    }
    unlisted = plan.unlisted
    let text = JSONValue.array(changes.map(\.json)).text()
    digest = isDone ? nil : Array(SHA256.hash(data: Array(text.utf8))).hexadecimal
  }

  /// One that a server has shown.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    changes = try shown.elements("changes").map { change throws(UnreadableJSON) in try Change(change) }
    digest = try shown.optionalText("digest")
    guard let counts = try shown.object("unlisted"), let names = try shown.object("unlisted_names") else {
      throw UnreadableJSON(member: "unlisted")
    }
    var unlisted: [DeclaredKind: DeclarationPlan.Unlisted] = [:]
    for kind in DeclaredKind.allCases {
      let count = try counts.integer(kind.rawValue)
      if count > 0 { unlisted[kind] = .init(count: count, names: try names.values(kind.rawValue) { $0 }) }
    }
    self.unlisted = unlisted
  }

  package var json: JSONValue { .object(members) }

  package var members: [JSONValue.Member] {
    let counts = DeclaredKind.allCases.map { kind in
      JSONValue.Member(kind.rawValue, .integer(unlisted[kind]?.count ?? 0))
    }
    let names = DeclaredKind.allCases.map { kind in
      JSONValue.Member(kind.rawValue, JSONValue(unlisted[kind]?.names ?? []))
    }
    return [
      .init("changes", .array(changes.map(\.json))), .init("unlisted", .object(counts)),
      .init("unlisted_names", .object(names)),
    ] + (digest.map { [.init("digest", .string($0))] } ?? [])
  }

  /// How many changes there are of an action.
  package func count(_ action: DeclarationPlan.Change.Action) -> Int { changes.count { $0.action == action } }

  /// Whether something goes that there is.
  package var removes: Bool { changes.contains { $0.action == .delete || $0.action == .retire } }
}

extension ShownPlan.Change {
  fileprivate init(_ shown: ShownJSON) throws(UnreadableJSON) {
    action = try shown.value("action") { DeclarationPlan.Change.Action(rawValue: $0) }
    kind = try shown.value("kind") { noun in DeclaredKind.allCases.first { $0.noun == noun } }
    name = try shown.text("name")
    clientID = try shown.optional("client_id") { ClientID($0) }
    let differences = try shown.objects("differences")
    // As they were found: that a secret is made is said last.
    let order = kind.members.map(\.name).filter { $0 != "secret" } + ["secret"]
    var read: [DeclarationPlan.Difference] = []
    for name in differences.keys.sorted(by: { order.place(of: $0) < order.place(of: $1) }) {
      guard let difference = differences[name] else { continue }
      read.append(
        .init(name: name, before: try difference.declared("before"), after: try difference.declared("after"))
      )
    }
    self.differences = read
  }

  fileprivate var json: JSONValue {
    var members = [
      JSONValue.Member("action", .string(action.rawValue)), .init("kind", .string(kind.noun)),
      .init("name", .string(name)),
    ]
    if kind == .clients { members.append(.init("client_id", JSONValue(clientID?.rawValue))) }
    let differences = differences.map { difference in
      JSONValue.Member(
        difference.name,
        .object([
          .init("before", difference.before?.json ?? .null), .init("after", difference.after?.json ?? .null),
        ])
      )
    }
    return .object(members + [.init("differences", .object(differences))])
  }
}

extension [String] {
  fileprivate func place(of name: String) -> Int { firstIndex(of: name) ?? count }
}

extension ShownJSON {
  /// A value that can be declared; nil for null.
  fileprivate func declared(_ name: String) throws(UnreadableJSON) -> DeclaredValue? {
    guard let json = try json(name) else { return nil }
    guard let value = DeclaredValue(json) else { throw UnreadableJSON(member: name) }
    return value
  }
}

extension DeclaredValue {
  /// The value that this shows; nil for what shows none.
  package init?(_ json: JSON) {
    switch json {
    case .string(let text): self = .text(text)
    case .boolean(let isTrue): self = .boolean(isTrue)
    case .number(let number):
      guard let integer = Int(exactly: number) else { return nil }
      self = .integer(integer)
    case .array(let elements):
      let texts = elements.compactMap(\.text)
      guard texts.count == elements.count else { return nil }
      self = .texts(texts)
    case .object(let members):
      let texts = members.compactMapValues(\.text)
      guard texts.count == members.count else { return nil }
      self = .map(texts)
    case .null: return nil
    }
  }
}
