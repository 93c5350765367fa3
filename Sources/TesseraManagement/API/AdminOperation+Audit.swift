import TesseraCore
import TesseraJOSE

extension AdminOperation {
  /// What can be done with the audit log.
  static let audit: [AdminOperation] = [
    AdminOperation(
      name: "listAudit",
      method: "GET",
      path: "/admin/v1/audit",
      scope: .read,
      summary: "List what was done, by whom and to what, the newest first.",
      query: listing,
      outcome: .listed(.audit)
    ) { request in
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let page = try await request.administration.auditRecords(
        before: place.flatMap { Int64($0) } ?? request.query.integer("before").map(Int64.init),
        subject: request.query.text("subject"),
        limit: request.limit()
      )
      return .listed(
        page.elements.map(AuditRepresentation.init),
        next: page.next.map { request.cursors.cursor(after: String($0)) }
      )
    },
    AdminOperation(
      name: "exportAudit",
      method: "GET",
      path: "/admin/v1/audit/export",
      scope: .read,
      summary: "Write the audit log as JSON Lines, oldest first, and at its end what is signed about it.",
      query: [AdminField("after", .integer, "Only records newer than the one with this number")],
      outcome: .lines(.audit, then: .auditMark)
    ) { request in
      let (log, after) = (request.administration.auditLog, Int64(request.query.integer("after") ?? 0))
      // Asked first, so that a store that does not answer is a problem and no answer that breaks off.
      _ = try await request.administration.auditRecords(limit: 1)
      var answer = AdminAnswer()
      answer.lines = { write in
        // So that the end cannot be cut. Where the log was altered nothing is signed, and it is for whoever verifies it.
        _ = try? await log.sign()
        let marks = try await log.export(after: after) { records in
          try await write(records.map { AuditRepresentation($0).json })
        }
        try await write(marks.map { AuditMarkRepresentation($0, publicKey: log.publicKey).json })
      }
      return answer
    },
    AdminOperation(
      name: "verifyAudit",
      method: "POST",
      path: "/admin/v1/audit/verify",
      scope: .read,
      summary: "Check every record of the audit log, and that it holds the checkpoints that you kept.",
      body: [
        AdminField(
          "checkpoints",
          .texts,
          "Checkpoints that you kept, from the log of a server or from an earlier check"
        )
      ],
      outcome: .shown(.auditVerification)
    ) { request in
      let known = try (request.body.texts("checkpoints") ?? []).map { text throws(AdminProblem) in
        guard let mark = AuditMark(checkpoint: text) else {
          throw .unprocessable(
            "this is not a checkpoint, which begins with 'tessera-audit-1'",
            field: "checkpoints"
          )
        }
        return mark
      }
      let log = request.administration.auditLog
      do throws(AuditLogError) {
        let result = try await log.verify(against: known)
        return .shown(AuditVerificationRepresentation(result, publicKey: log.publicKey))
      } catch {
        throw AdminProblem.unavailable("the audit log could not be read; try again later")
      }
    },
    AdminOperation(
      name: "listRecordedClients",
      method: "GET",
      path: "/admin/v1/audit/clients",
      scope: .read,
      summary:
        "List the clients that had a name according to the audit log, gone ones too, the last one first.",
      query: [AdminField("name", .text, required: true, "The name")],
      outcome: .listed(.recordedClient)
    ) { request in
      let name = request.query.text("name") ?? ""
      return .listed(try await request.administration.recordedClients(named: name).map(RecordedClient.init))
    },
  ]

  private static let listing: [AdminField] =
    paging + [
      AdminField("before", .integer, "Only records older than the one with this number"),
      AdminField(
        "subject",
        .text,
        "Only about this: the ID of a client, a scope, a token ID, 'key 2' or 'server'"
      ),
    ]
}

/// A client that is known from the audit log, and may be gone.
struct RecordedClient: Representation {
  private let id: ClientID

  init(_ id: ClientID) {
    self.id = id
  }

  var json: JSONValue { .object([.init("client_id", .string(id.rawValue))]) }
}
