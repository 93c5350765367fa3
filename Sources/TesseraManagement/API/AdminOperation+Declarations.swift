import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What is declared as a whole, as files in git have it.
  static let declarations: [AdminOperation] = [
    AdminOperation(
      name: "exportDeclaration",
      method: "GET",
      path: "/admin/v1/declaration",
      scope: .read,
      summary:
        "Write what there is as it would be declared, as JSON Lines; neither secrets nor operators are in it.",
      outcome: .lines(.exportedEntry, then: .exportEnd)
    ) { request in
      let administration = request.administration
      // Asked first, so that a store that does not answer is a problem and no answer that breaks off.
      _ = try await administration.clients(limit: 1)
      var answer = AdminAnswer()
      answer.lines = { write in
        let operators = try await administration.export { kind, entries in
          try await write(entries.map { ExportedEntry(kind, $0).json })
        }
        try await write([ExportEnd(operators: operators).json])
      }
      return answer
    },
    AdminOperation(
      name: "planDeclaration",
      method: "POST",
      path: "/admin/v1/declaration/plan",
      scope: .read,
      summary: "Show what would change for there to be what is declared. Nothing is changed.",
      body: declaration,
      maximumBodySize: AdminAPI.maximumFileSize,
      outcome: .shown(.plan)
    ) { request in
      .shown(ShownPlan(try await request.plan(), isDone: false))
    },
    AdminOperation(
      name: "applyDeclaration",
      method: "POST",
      path: "/admin/v1/declaration/apply",
      scope: .write,
      summary: """
        Make there be what is declared: all of it, or nothing. Doing it again changes nothing. The answer has the secrets of \
        new clients, this once; where it makes some, or changes what a \
        client proves itself by, the scope tessera:secrets is needed too.
        """,
      body: declaration + [
        AdminField(
          "digest",
          .text,
          "The digest of the plan that is meant; where it would be another, nothing is done"
        )
      ],
      maximumBodySize: AdminAPI.maximumFileSize,
      outcome: .shown(.appliedDeclaration)
    ) { request in
      let plan = try await request.plan()
      if let digest = request.body.text("digest"), ShownPlan(plan, isDone: false).digest != digest {
        throw AdministrationError.conflict("what there is was changed since that plan was made: make another")
      }
      guard !plan.changes.isEmpty else { return .shown(AppliedDeclaration(plan, [])) }
      let changes = try await request.administration.changes(for: plan)
      guard changes.secrets.isEmpty && !plan.changesCredentials || request.caller.may(.secrets) else {
        throw AdminProblem.insufficientScope(.secrets)
      }
      try await request.administration.apply(changes)
      return .shown(AppliedDeclaration(plan, changes.secrets))
    },
  ]

  private static let declaration: [AdminField] =
    DeclaredKind.allCases.map { kind in
      AdminField(
        kind.rawValue,
        .objects(kind.members.map(AdminField.init)),
        "The \(kind.rawValue) that there are to be; nothing is said about those that there are unless it is given"
      )
    } + [
      AdminField(
        "prune",
        .boolean,
        "Whether what is not listed goes, of each kind that is listed: clients are removed, the others retired"
      )
    ]
}

extension AdminField {
  /// A member of what can be declared.
  fileprivate init(_ member: DeclaredMember) {
    let kind: Kind =
      switch member.kind {
      case .text: .text
      case .texts: .texts
      case .integer: .integer
      case .boolean: .boolean
      case .choice(let texts): .choice(texts)
      case .map: .map
      }
    self.init(member.name, kind, required: member.isRequired, "As in a file of 'tessera apply'")
  }
}

extension AdminRequest {
  /// What would be done for there to be what the body declares.
  fileprivate func plan() async throws -> DeclarationPlan {
    try await administration.plan(declaration(), pruning: body.isTrue("prune"))
  }

  /// What the body declares, each with its JSON Pointer.
  private func declaration() -> Declaration {
    var entries: [DeclaredKind: [DeclaredEntry]] = [:]
    for kind in DeclaredKind.allCases {
      entries[kind] = body.objects(kind.rawValue)?.enumerated().map { index, values in
        let pointer = "/\(kind.rawValue)/\(index)"
        var members: [String: DeclaredEntry.Member] = [:]
        for name in kind.members.map(\.name) {
          guard let value = values.json(name).flatMap(DeclaredValue.init) else { continue }
          members[name] = .init(value, at: DeclaredPlace(pointer: "\(pointer)/\(name)"))
        }
        return DeclaredEntry(members, at: DeclaredPlace(pointer: pointer))
      }
    }
    return Declaration(entries)
  }
}
