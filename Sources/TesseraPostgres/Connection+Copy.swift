import CLibPQ
import TesseraCore
import TesseraSupport

extension Connection {
  /// Sends rows by `COPY … FROM STDIN`, in its text form.
  func copy(_ command: String, _ rows: CopyRows) throws(StoreError) {
    let deadline = clock.milliseconds + limits.answer
    guard PQsendQuery(handle, command) == 1 else { throw lost() }
    try flush(by: deadline)
    try receive(by: deadline)
    guard let answer = PQgetResult(handle) else { throw lost() }
    let isReady = PQresultStatus(answer) == PGRES_COPY_IN
    let failure = isReady ? nil : error(of: answer)
    PQclear(answer)
    guard isReady else {
      _ = try? results(ofSent: 1, by: deadline)
      throw failure ?? lost()
    }
    let isSent = rows.bytes.withUnsafeBytes { bytes in
      PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
    }
    guard isSent == 1, PQputCopyEnd(handle, nil) == 1 else { throw lost() }
    try results(ofSent: 1, by: deadline)
  }
}

/// Rows in the text form of `COPY`: a line each, with tabs between the values.
struct CopyRows {
  private(set) var bytes: [UInt8] = []

  /// Adds a row.
  ///
  /// Throws `invalid` for a text with a NUL character, which PostgreSQL has none of.
  mutating func append(_ values: [FieldValue]) throws(StoreError) {
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: "\t")) }
      switch value {
      case .null: bytes += "\\N".utf8
      case .integer(let number): bytes += String(number).utf8
      case .text(let text): try append(text)
      case .bytes(let value):
        bytes += "\\\\x".utf8
        for byte in value {
          bytes.append(CopyRows.digits[Int(byte >> 4)])
          bytes.append(CopyRows.digits[Int(byte & 15)])
        }
      }
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private mutating func append(_ text: String) throws(StoreError) {
    for byte in text.utf8 {
      switch byte {
      case 0: throw .invalid("A text has a NUL character, which cannot be stored")
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      default: bytes.append(byte)
      }
    }
  }
}
