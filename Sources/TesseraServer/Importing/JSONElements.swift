import TesseraJOSE

/// Reads a JSON text object by object, so that a long list needs the memory of one.
struct JSONElements {
  private static let maximumDepth = 512

  private let bytes: [UInt8]
  private var index = 0
  /// What was counted of lines: up to this byte, which is the first of this line.
  private var counted = (line: 1, start: 0)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark, as some programs on Windows write it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// Gives every object to `body`, with the name of the list that it stands in.
  ///
  /// The text is a list; or an object with lists of these names, and what else it has is skipped; or objects one after
  /// another, which have no such lists.
  mutating func forEach(
    in lists: Set<String>,
    _ body: (String?, ImportedObject) throws(ImportFileError) -> Void
  ) throws(ImportFileError) {
    skipSpace()
    guard index < bytes.count else { throw ImportFileError("the file is empty") }
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "[") {
        try elements(of: nil, body)
      } else {
        try document(lists, body)
      }
      skipSpace()
    }
  }

  /// An object with lists, or one by itself.
  private mutating func document(
    _ lists: Set<String>,
    _ body: (String?, ImportedObject) throws(ImportFileError) -> Void
  ) throws(ImportFileError) {
    let start = index
    try take(UInt8(ascii: "{"))
    var hasLists = false
    skipSpace()
    if peek != UInt8(ascii: "}") {
      repeat {
        skipSpace()
        let nameStart = index
        try skipString()
        let name = JSON(bytes[nameStart..<index])?.text
        skipSpace()
        try take(UInt8(ascii: ":"))
        skipSpace()
        if let name, lists.contains(name) {
          hasLists = true
          try elements(of: name, body)
        } else {
          try skipValue()
        }
        skipSpace()
      } while takeComma()
    }
    try take(UInt8(ascii: "}"))
    if !hasLists { try body(nil, try object(from: start)) }
  }

  private mutating func elements(
    of list: String?,
    _ body: (String?, ImportedObject) throws(ImportFileError) -> Void
  ) throws(ImportFileError) {
    guard peek == UInt8(ascii: "[") else { throw problem("this is to be a list") }
    index += 1
    skipSpace()
    if peek != UInt8(ascii: "]") {
      repeat {
        skipSpace()
        let start = index
        try skipValue()
        try body(list, try object(from: start))
        skipSpace()
      } while takeComma()
    }
    try take(UInt8(ascii: "]"))
  }

  private mutating func object(from start: Int) throws(ImportFileError) -> ImportedObject {
    let place = place(of: start)
    guard let value = JSON(bytes[start..<index]) else {
      throw ImportFileError("\(place): this is not valid JSON")
    }
    guard let members = value.members else { throw ImportFileError("\(place): this is to be an object") }
    return ImportedObject(place: place, members: members)
  }

  // MARK: Text

  private mutating func skipValue() throws(ImportFileError) {
    var closers: [UInt8] = []
    repeat {
      skipSpace()
      guard let byte = peek else { throw cut }
      switch byte {
      case UInt8(ascii: "\""): try skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard closers.count < JSONElements.maximumDepth else { throw problem("this is nested too deep") }
        closers.append(byte == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard closers.popLast() == byte else { throw problem("this is not valid JSON") }
        index += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard !closers.isEmpty else { throw problem("this is not valid JSON") }
        index += 1
      default: try skipWord()
      }
    } while !closers.isEmpty
  }

  private mutating func skipString() throws(ImportFileError) {
    try take(UInt8(ascii: "\""))
    while let byte = peek {
      index += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
    throw cut
  }

  /// A number, `true`, `false` or `null`.
  private mutating func skipWord() throws(ImportFileError) {
    let start = index
    while let byte = peek, byte < 0x80,
      Character(Unicode.Scalar(byte)).isLetter || "+-.0123456789".utf8.contains(byte)
    {
      index += 1
    }
    guard index > start else { throw problem("this is not valid JSON") }
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) throws(ImportFileError) {
    guard let found = peek else { throw cut }
    guard found == byte else { throw problem("there is to be a '\(Character(Unicode.Scalar(byte)))'") }
    index += 1
  }

  private mutating func takeComma() -> Bool {
    guard peek == UInt8(ascii: ",") else { return false }
    index += 1
    return true
  }

  // MARK: Places

  private var cut: ImportFileError {
    mutating get {
      ImportFileError("\(place(of: bytes.count)): the file ends in the middle of something, as if it was cut")
    }
  }

  private mutating func problem(_ text: String) -> ImportFileError {
    ImportFileError("\(place(of: index)): \(text)")
  }

  private mutating func place(of position: Int) -> String {
    if position < counted.start { counted = (1, 0) }
    var next = counted.start
    while let newline = bytes[next..<min(position, bytes.count)].firstIndex(of: 0x0A) {
      next = newline + 1
      counted = (counted.line + 1, next)
    }
    return "line \(counted.line), column \(position - counted.start + 1)"
  }
}

/// An object of a file, whose members are read as what they are to be.
struct ImportedObject {
  /// Where it stands.
  let place: String
  private let members: [String: JSON]

  init(place: String, members: [String: JSON]) {
    self.place = place
    self.members = members
  }

  /// A text; nil for none and for null.
  func text(_ name: String) throws(ImportFileError) -> String? {
    switch members[name] {
    case nil, .null: nil
    case .string(let text): text
    default: throw wrong(name, "a text")
    }
  }

  /// A text that there has to be.
  func requiredText(_ names: String...) throws(ImportFileError) -> String {
    for name in names { if let text = try text(name) { return text } }
    throw ImportFileError("\(place): it has no \(names[0])")
  }

  func flag(_ name: String) throws(ImportFileError) -> Bool? {
    switch members[name] {
    case nil, .null: nil
    case .boolean(let value): value
    default: throw wrong(name, "true or false")
    }
  }

  func number(_ name: String) throws(ImportFileError) -> Double? {
    switch members[name] {
    case nil, .null: nil
    case .number(let value): value
    default: throw wrong(name, "a number")
    }
  }

  func object(_ name: String) throws(ImportFileError) -> ImportedObject? {
    switch members[name] {
    case nil, .null: nil
    case .object(let members): ImportedObject(place: place, members: members)
    default: throw wrong(name, "an object")
    }
  }

  /// A list of texts; empty for none.
  func texts(_ name: String) throws(ImportFileError) -> [String] {
    guard case .array(let elements)? = members[name] else {
      if case nil = members[name] { return [] }
      if case .null? = members[name] { return [] }
      throw wrong(name, "a list of texts")
    }
    let texts = elements.compactMap(\.text)
    guard texts.count == elements.count else { throw wrong(name, "a list of texts") }
    return texts
  }

  /// A list of texts, or one text with them in it, between bars, commas or spaces, or as JSON.
  func textsOrText(_ name: String) throws(ImportFileError) -> [String] {
    guard case .string(let text)? = members[name] else { return try texts(name) }
    if text.hasPrefix("["), let elements = JSON(Array(text.utf8))?.elements {
      return elements.compactMap(\.text)
    }
    return text.split { $0 == "|" || $0 == "," || $0 == " " }.map(String.init)
  }

  /// Whether the member is a text.
  func isText(_ name: String) -> Bool { members[name]?.text != nil }

  func wrong(_ name: String, _ expected: String) -> ImportFileError {
    ImportFileError("\(place): \(name) is to be \(expected)")
  }
}
