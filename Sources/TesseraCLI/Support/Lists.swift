import TesseraCore
import TesseraServer

/// Writes a list page by page, so that a long one needs no more memory than a short one.
struct ListWriter {
  private let format: OutputFormat
  private let emptyText: String
  private var table: TextTable
  private var isEmpty = true

  /// `emptyText` is what a list without elements says to people, such as `no clients`.
  init(_ format: OutputFormat, _ table: TextTable, emptyText: String) {
    self.format = format
    self.table = table
    self.emptyText = emptyText
  }

  /// Writes some elements.
  mutating func write<Element>(
    _ elements: [Element],
    row: (Element) -> [String],
    json: (Element) -> JSONValue
  ) throws {
    guard !elements.isEmpty else { return }
    switch format {
    case .text: try Console.print(table.lines(of: elements.map(row)))
    case .json:
      let texts = elements.map { "  " + json($0).text(indentation: 2).replacing("\n", with: "\n  ") }
      try Console.print((isEmpty ? "[\n" : ",\n") + texts.joined(separator: ",\n"))
    }
    isEmpty = false
  }

  /// Writes what follows the last element.
  func end() throws {
    switch format {
    case .text: if isEmpty { try Console.print(emptyText) }
    case .json: try Console.print(isEmpty ? "[]" : "]")
    }
  }

  /// Writes a whole list.
  static func write<Element>(
    _ elements: [Element],
    _ format: OutputFormat,
    _ table: TextTable,
    emptyText: String,
    row: (Element) -> [String],
    json: (Element) -> JSONValue
  ) throws {
    var writer = ListWriter(format, table, emptyText: emptyText)
    try writer.write(elements, row: row, json: json)
    try writer.end()
  }
}

/// Rows under headings, in columns that line up.
///
/// It can be written page by page; columns only get wider.
struct TextTable {
  private let headings: [String]
  private var widths: [Int]
  private var hasHeadings = false

  init(_ headings: String...) {
    self.headings = headings
    widths = headings.map(\.count)
  }

  /// The lines of these rows, after the headings if they are the first.
  mutating func lines(of rows: [[String]]) -> String {
    let rows = rows.map { $0.map(\.printable) }
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    let first = hasHeadings ? [] : [headings]
    hasHeadings = true
    return (first + rows).map(line).joined(separator: "\n")
  }

  private func line(_ cells: [String]) -> String {
    let padded = zip(cells, widths).map { cell, width in cell.padded(to: width) }
    return padded.joined(separator: "  ").trimmingTrailingSpaces
  }

  /// Names and values below each other, without headings.
  static func fields(_ fields: KeyValuePairs<String, String?>) -> String {
    let width = fields.map(\.key.count).max() ?? 0
    return fields.compactMap { name, value in
      value.map { ("  " + name.padded(to: width + 2) + $0.printable).trimmingTrailingSpaces }
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
