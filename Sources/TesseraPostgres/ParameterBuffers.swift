import TesseraCore

/// The parameters of a statement as libpq takes them.
struct ParameterBuffers {
  private var bytes: [CChar] = []
  /// Where each begins; nil for NULL.
  private var starts: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  /// Throws `invalid` for a text with a NUL character, which PostgreSQL has none of and libpq would end the text at.
  init(_ parameters: [Parameter]) throws(StoreError) {
    for parameter in parameters {
      switch parameter {
      case .null: add(nil, format: 0)
      case .text(let text):
        guard !text.utf8.contains(0) else {
          throw .invalid("A text has a NUL character, which cannot be stored")
        }
        add(Array(text.utf8), format: 0)
      case .bytes(let value): add(value, format: 1)
      }
    }
  }

  private mutating func add(_ value: [UInt8]?, format: Int32) {
    starts.append(value == nil ? nil : bytes.count)
    lengths.append(Int32(clamping: value?.count ?? 0))
    formats.append(format)
    guard let value else { return }
    bytes += value.lazy.map(CChar.init(bitPattern:))
    bytes.append(0)
  }

  /// Calls `body` with count, values, lengths and formats.
  func withPointers<Result>(
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    bytes.withUnsafeBufferPointer { buffer in
      let values = starts.map { start in start.flatMap { buffer.baseAddress?.advanced(by: $0) } }
      return values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(Int32(starts.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}
