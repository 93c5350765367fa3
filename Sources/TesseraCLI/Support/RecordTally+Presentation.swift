import TesseraCore
import TesseraServer

/// How the records that were copied are shown.
extension [RecordTally] {
  /// Writes a table of them under a heading, or `members` and them as JSON.
  func write(_ heading: String, _ members: [JSONValue.Member], _ format: OutputFormat) throws {
    switch format {
    case .text:
      try Console.print(heading)
      try ListWriter.write(
        self,
        format,
        TextTable("RECORDS", "COUNT", "SHA-256"),
        emptyText: "",
        row: { [$0.kind.name, String($0.count), $0.digest] },
        json: \.json
      )
    case .json: try Console.print(.object(members + [.init("records", .array(map(\.json)))]))
    }
  }
}

extension RecordTally {
  fileprivate var json: JSONValue {
    .object([
      .init("kind", .string(kind.name)), .init("count", .integer(count)), .init("sha256", .string(digest)),
    ])
  }
}
