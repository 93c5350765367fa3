/// Reads comma-separated values (RFC 4180) record by record; lines may end with LF alone.
struct CSVReader {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark, as spreadsheets write it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// The next record with the line on which it begins; nil after the last. Empty lines are skipped.
  mutating func record() throws(ImportFileError) -> (line: Int, fields: [String])? {
    while takeLineEnd() {}
    guard index < bytes.count else { return nil }
    let start = line
    var fields = [try field()]
    while take(UInt8(ascii: ",")) { fields.append(try field()) }
    guard index == bytes.count || takeLineEnd() else {
      throw ImportFileError(
        "line \(line): there is to be a comma or the end of the line after a field in quotes"
      )
    }
    return (start, fields)
  }

  private mutating func field() throws(ImportFileError) -> String {
    var text: [UInt8] = []
    let start = line
    if take(UInt8(ascii: "\"")) {
      while true {
        guard index < bytes.count else {
          throw ImportFileError("line \(start): a field in quotes does not end, as if the file was cut")
        }
        if take(UInt8(ascii: "\"")) {
          // Two of them stand for one.
          guard take(UInt8(ascii: "\"")) else { break }
          text.append(UInt8(ascii: "\""))
          continue
        }
        if bytes[index] == 0x0A { line += 1 }
        text.append(bytes[index])
        index += 1
      }
    } else {
      while index < bytes.count, bytes[index] != UInt8(ascii: ","), !isLineEnd {
        guard bytes[index] != UInt8(ascii: "\"") else {
          throw ImportFileError(
            "line \(line): a field with a quote in it is to stand in quotes, and the quote twice"
          )
        }
        text.append(bytes[index])
        index += 1
      }
    }
    guard !text.contains(0) else { throw ImportFileError("line \(start): there is a NUL in it") }
    guard let field = String(validating: text, as: UTF8.self) else {
      throw ImportFileError("line \(start): it is not UTF-8")
    }
    return field
  }

  private var isLineEnd: Bool {
    bytes[index] == 0x0A || bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
  }

  private mutating func takeLineEnd() -> Bool {
    guard index < bytes.count, isLineEnd else { return false }
    index += bytes[index] == 0x0A ? 1 : 2
    line += 1
    return true
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }
}
