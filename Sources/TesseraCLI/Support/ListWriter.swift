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
