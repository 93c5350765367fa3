import TesseraCore
import TesseraJOSE

/// A member of the body of an operation, or a parameter of its query.
struct AdminField: Sendable {
  enum Kind: Sendable {
    case text
    case texts
    case integer
    case boolean
    /// One of these texts.
    case choice([String])
    /// An object whose members are texts.
    case map
    /// Any object.
    case object
    /// An array of objects with these members.
    case objects([AdminField])
    /// The same or null, which stands for what the server decides.
    indirect case nullable(Kind)
  }

  let name: String
  let kind: Kind
  let isRequired: Bool
  /// What it is, in a sentence.
  let help: String
  /// The schema of its values.
  let schema: JSONValue

  /// `values` is the schema of the values, or of each element, where it is narrower than that of the kind.
  init(_ name: String, _ kind: Kind, required: Bool = false, _ help: String, of values: JSONValue? = nil) {
    self.name = name
    self.kind = kind
    isRequired = required
    self.help = help
    schema = kind.schema(values)
  }
}

/// Values by name, each of the kind that its field says.
struct AdminValues: Sendable {
  private var values: [String: JSON] = [:]
  private var objects: [String: [AdminValues]] = [:]

  init() {}

  /// The members of a body.
  ///
  /// Throws for one that is not known, not of its kind, or missing.
  init(body: JSON, _ fields: [AdminField]) throws(AdminProblem) {
    guard let members = body.members else { throw .badRequest("the body has to be a JSON object") }
    let known = fields.map(\.name)
    if let name = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unprocessable(
        "there is no such member; there are: \(known.joined(separator: ", "))",
        field: String(name.prefix(64))
      )
    }
    for field in fields {
      guard let value = members[field.name] else {
        if field.isRequired { throw .unprocessable("\(field.name) is needed", field: field.name) }
        continue
      }
      guard field.kind.matches(value) else {
        throw .unprocessable("\(field.name) has to be \(field.kind.description)", field: field.name)
      }
      values[field.name] = value
      if case .objects(let fields) = field.kind {
        objects[field.name] = try AdminValues.objects(value, fields, at: "/\(field.name)")
      }
    }
  }

  /// The objects of an array; what is wrong in one is named by its JSON Pointer (RFC 6901).
  private static func objects(
    _ value: JSON,
    _ fields: [AdminField],
    at pointer: String
  ) throws(AdminProblem) -> [AdminValues] {
    var objects: [AdminValues] = []
    for (index, element) in (value.elements ?? []).enumerated() {
      do throws(AdminProblem) {
        objects.append(try AdminValues(body: element, fields))
      } catch {
        throw error.within("\(pointer)/\(index)")
      }
    }
    return objects
  }

  /// The parameters of a query.
  ///
  /// Throws for one that is not known, not of its kind, missing, or repeated where it is no list.
  init(query: [(name: String, value: String)], _ fields: [AdminField]) throws(AdminProblem) {
    for (name, text) in query {
      guard let field = fields.first(where: { $0.name == name }) else {
        throw .badRequest("there is no such parameter", field: String(name.prefix(64)))
      }
      if case .texts = field.kind {
        values[name] = .array((values[name]?.elements ?? []) + [.string(text)])
        continue
      }
      guard values[name] == nil else { throw .badRequest("it is given twice", field: name) }
      guard let value = field.kind.value(ofText: text), field.kind.matches(value) else {
        throw .badRequest("\(name) has to be \(field.kind.description)", field: name)
      }
      values[name] = value
    }
    if let missing = fields.first(where: { $0.isRequired && values[$0.name] == nil }) {
      throw .badRequest("\(missing.name) is needed", field: missing.name)
    }
  }

  /// Whether it is given, be it null.
  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) -> String? { values[name]?.text }

  func texts(_ name: String) -> [String]? { values[name]?.elements?.compactMap(\.text) }

  /// What is given for these parameters of a query, as it was written.
  func written(_ fields: [AdminField]) -> [(name: String, value: String)] {
    fields.flatMap { field -> [(name: String, value: String)] in
      switch values[field.name] {
      case .string(let text): [(field.name, text)]
      case .boolean(let value): [(field.name, String(value))]
      case .array(let elements): elements.compactMap { $0.text.map { (field.name, $0) } }
      case .number: integer(field.name).map { [(field.name, String($0))] } ?? []
      default: []
      }
    }
  }

  func integer(_ name: String) -> Int? {
    if case .number(let number) = values[name] { Int(exactly: number) } else { nil }
  }

  func boolean(_ name: String) -> Bool? {
    if case .boolean(let value) = values[name] { value } else { nil }
  }

  func isTrue(_ name: String) -> Bool { values[name] == .boolean(true) }

  /// An object as it is; nil for null.
  func object(_ name: String) -> JSON? { values[name].flatMap { $0.members == nil ? nil : $0 } }

  func map(_ name: String) -> [String: String]? { values[name]?.members?.compactMapValues(\.text) }

  /// The objects of an array; nil when it is not given.
  func objects(_ name: String) -> [AdminValues]? { objects[name] }

  /// What is given, as JSON.
  func json(_ name: String) -> JSON? { values[name] }
}

extension AdminField.Kind {
  func matches(_ value: JSON) -> Bool {
    switch (self, value) {
    case (.text, .string), (.boolean, .boolean), (.nullable, .null): true
    case (.texts, .array(let elements)): elements.allSatisfy { $0.text != nil }
    case (.integer, .number(let number)): Int(exactly: number) != nil && abs(number) <= 9_007_199_254_740_992
    case (.choice(let texts), .string(let text)): texts.contains(text)
    case (.object, .object): true
    case (.map, .object(let members)): members.values.allSatisfy { $0.text != nil }
    case (.objects, .array(let elements)): elements.allSatisfy { $0.members != nil }
    case (.nullable(let kind), _): kind.matches(value)
    default: false
    }
  }

  /// The value that a text of a query stands for.
  fileprivate func value(ofText text: String) -> JSON? {
    switch self {
    case .integer: Int(text).map { JSON.number(Double($0)) }
    case .boolean: Bool(text).map(JSON.boolean)
    default: .string(text)
    }
  }

  var description: String {
    switch self {
    case .text: "a text"
    case .texts: "an array of texts"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .choice(let texts): "one of " + texts.joined(separator: ", ")
    case .map: "an object of texts"
    case .object: "an object"
    case .objects: "an array of objects"
    case .nullable(let kind): kind.description + ", or null"
    }
  }
}
