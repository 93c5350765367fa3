import TesseraCore
import TesseraSupport

extension RemoteAdministration {
  func auditRecords(
    before number: Int64?,
    subject: String?,
    limit: Int
  ) async throws -> Administration.Page<AuditRecord, Int64> {
    let query =
      "?limit=\(limit)" + (number.map { "&before=\($0)" } ?? "")
      + (subject.map { "&subject=\($0.pathSegment)" } ?? "")
    let records = try await api.list("audit\(query)") { shown throws(UnreadableJSON) in try AuditRecord(shown)
    }
    return Administration.Page(records, limit: limit, cursor: \.number)
  }

  func verifyAudit(
    against known: [AuditMark]
  ) async throws -> (result: AuditVerification, publicKey: [UInt8]) {
    let body = JSONValue.object([.init("checkpoints", JSONValue(known.map(\.text)))])
    return try await api.show("POST", "audit/verify", body) { shown throws(UnreadableJSON) in
      (
        result: try AuditVerification(shown),
        publicKey: try shown.value("public_key") { [UInt8](hexadecimal: $0) }
      )
    }
  }

  func exportAudit(after number: Int64, _ write: (String) throws -> Void) async throws {
    try await api.lines("audit/export?after=\(number)", write)
  }

  func explain(_ request: ExplainedRequest, of client: Client) async throws -> Explanation {
    var members: [JSONValue.Member] = [
      .init("scopes", JSONValue(request.scopes.map(\.name))),
      .init("resources", JSONValue(request.resources.map(\.uri))),
    ]
    if let source = request.source.known { members.append(.init("address", .string(source.description))) }
    let path = "clients/\(client.id.rawValue.pathSegment)/explain"
    return try await api.show("POST", path, .object(members)) { shown throws(UnreadableJSON) in
      try Explanation(shown)
    }
  }
}
