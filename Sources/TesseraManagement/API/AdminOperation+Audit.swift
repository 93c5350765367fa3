import TesseraCore

extension AdminOperation {
  private static let auditListing: [AdminField] = {
    let subject = AdminField(
      "subject",
      .text,
      "Only about this: the ID of a client, a scope, a token ID, 'key 2' or 'server'"
    )
    return paging + [subject]
  }()

  /// What can be done with the audit log.
  static let audit: [AdminOperation] = [
    AdminOperation(
      name: "listAudit",
      method: "GET",
      path: "/admin/v1/audit",
      scope: .read,
      summary: "List what was done, by whom and to what, the newest first.",
      query: auditListing,
      outcome: .listed(.audit)
    ) { request in
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let page = try await request.administration.auditRecords(
        before: place.flatMap { Int64($0) },
        subject: request.query.text("subject"),
        limit: request.limit()
      )
      return .listed(
        page.elements.map(AuditRepresentation.init),
        next: page.next.map { request.cursors.cursor(after: String($0)) }
      )
    }
  ]
}
