import TesseraCore
import TesseraServer

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
