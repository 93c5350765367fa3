import TesseraJOSE

/// What came of an import.
package struct ImportRepresentation: Representation {
  package let report: ImportReport
  package let isDryRun: Bool

  package init(_ report: ImportReport, isDryRun: Bool) {
    self.report = report
    self.isDryRun = isDryRun
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    isDryRun = try shown.boolean("dry_run")
    var report = ImportReport(found: try shown.integer("found"))
    report.takenOver = try shown.integer("taken_over")
    report.alreadyHere = try shown.integer("already_here")
    report.refused = try ImportRepresentation.remarks(shown, "not_taken_over")
    report.remarks = try ImportRepresentation.remarks(shown, "remarks")
    report.newScopes = try shown.values("new_scopes") { Scope($0) }
    self.report = report
  }

  private static func remarks(
    _ shown: ShownJSON,
    _ member: String
  ) throws(UnreadableJSON) -> [ImportReport.Remark] {
    try shown.elements(member).map { remark throws(UnreadableJSON) in
      ImportReport.Remark(
        place: try remark.text("place"),
        clientID: try remark.text("client_id"),
        name: try remark.optionalText("name"),
        text: try remark.text("text")
      )
    }
  }

  package var json: JSONValue {
    .object([
      .init("dry_run", .boolean(isDryRun)), .init("found", .integer(report.found)),
      .init("taken_over", .integer(report.takenOver)), .init("already_here", .integer(report.alreadyHere)),
      .init("not_taken_over", .array(report.refused.map(\.json))),
      .init("remarks", .array(report.remarks.map(\.json))),
      .init("new_scopes", JSONValue(report.newScopes.map(\.name))),
    ])
  }
}

extension ImportReport.Remark {
  fileprivate var json: JSONValue {
    .object([
      .init("place", .string(place)), .init("client_id", .string(clientID)), .init("name", JSONValue(name)),
      .init("text", .string(text)),
    ])
  }
}
