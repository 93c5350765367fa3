package import TesseraJOSE

/// JSON that is not what the representations show.
package struct UnreadableJSON: Error, Equatable {
  /// The member that is missing, or has another value than it can have.
  package let member: String

  package init(member: String) {
    self.member = member
  }
}

/// An object that a representation has shown, to be read back.
///
/// Members that are not known are ignored, as a later version may have them.
package struct ShownJSON: Sendable {
  private let members: [String: JSON]

  package init(_ json: JSON) throws(UnreadableJSON) {
    guard let members = json.members else { throw UnreadableJSON(member: "") }
    self.members = members
  }

  /// The elements of an array of objects.
  package static func elements(_ json: JSON) throws(UnreadableJSON) -> [ShownJSON] {
    guard let elements = json.elements else { throw UnreadableJSON(member: "") }
    var shown: [ShownJSON] = []
    for element in elements { shown.append(try ShownJSON(element)) }
    return shown
  }

  /// A text that stands for a value.
  package func value<Value>(_ name: String, _ read: (String) -> Value?) throws(UnreadableJSON) -> Value {
    guard let text = members[name]?.text, let value = read(text) else { throw UnreadableJSON(member: name) }
    return value
  }

  /// The same; nil for null.
  package func optional<Value>(_ name: String, _ read: (String) -> Value?) throws(UnreadableJSON) -> Value? {
    switch members[name] {
    case .null?, nil: nil
    default: try value(name, read)
    }
  }

  package func text(_ name: String) throws(UnreadableJSON) -> String { try value(name) { $0 } }

  package func optionalText(_ name: String) throws(UnreadableJSON) -> String? { try optional(name) { $0 } }

  package func time(_ name: String) throws(UnreadableJSON) -> Timestamp {
    try value(name) { Timestamp(iso8601: $0) }
  }

  package func optionalTime(_ name: String) throws(UnreadableJSON) -> Timestamp? {
    try optional(name) { Timestamp(iso8601: $0) }
  }

  package func integer(_ name: String) throws(UnreadableJSON) -> Int {
    guard case .number(let number) = members[name], let integer = Int(exactly: number) else {
      throw UnreadableJSON(member: name)
    }
    return integer
  }

  /// The same; nil for null.
  package func optionalInteger(_ name: String) throws(UnreadableJSON) -> Int? {
    switch members[name] {
    case .null?, nil: nil
    default: try integer(name)
    }
  }

  package func boolean(_ name: String) throws(UnreadableJSON) -> Bool {
    guard case .boolean(let value) = members[name] else { throw UnreadableJSON(member: name) }
    return value
  }

  /// The values that the texts of an array stand for.
  package func values<Value>(_ name: String, _ read: (String) -> Value?) throws(UnreadableJSON) -> [Value] {
    guard let elements = members[name]?.elements else { throw UnreadableJSON(member: name) }
    var values: [Value] = []
    for element in elements {
      guard let value = element.text.flatMap(read) else { throw UnreadableJSON(member: name) }
      values.append(value)
    }
    return values
  }

  /// The members of an object of texts.
  package func map(_ name: String) throws(UnreadableJSON) -> [String: String] {
    guard let members = members[name]?.members else { throw UnreadableJSON(member: name) }
    let texts = members.compactMapValues(\.text)
    guard texts.count == members.count else { throw UnreadableJSON(member: name) }
    return texts
  }

  /// The objects of an object, by their names.
  package func objects(_ name: String) throws(UnreadableJSON) -> [String: ShownJSON] {
    guard let members = members[name]?.members else { throw UnreadableJSON(member: name) }
    var objects: [String: ShownJSON] = [:]
    for (key, member) in members { objects[key] = try ShownJSON(member) }
    return objects
  }

  /// The objects of an array.
  package func elements(_ name: String) throws(UnreadableJSON) -> [ShownJSON] {
    guard let member = members[name] else { throw UnreadableJSON(member: name) }
    return try ShownJSON.elements(member)
  }

  /// The same; none for null.
  func optionalElements(_ name: String) throws(UnreadableJSON) -> [ShownJSON] {
    try json(name) == nil ? [] : elements(name)
  }

  /// Whether a member is true; false for one that is not there.
  func isTrue(_ name: String) throws(UnreadableJSON) -> Bool {
    try json(name) == nil ? false : boolean(name)
  }

  /// The member itself; nil for null.
  func json(_ name: String) throws(UnreadableJSON) -> JSON? {
    members[name] == .null ? nil : members[name]
  }

  /// An object; nil for null.
  package func object(_ name: String) throws(UnreadableJSON) -> ShownJSON? {
    switch members[name] {
    case .null?, nil: nil
    case let member?: try ShownJSON(member)
    }
  }
}
