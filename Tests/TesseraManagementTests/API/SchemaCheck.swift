import Foundation
import TesseraCore
import TesseraJOSE

@testable import TesseraManagement

/// Whether a value is as a schema says: as much of JSON Schema as `AdminSchema` uses, and no more.
struct SchemaCheck {
  /// A schema has a word that this does not know, so nothing can be said.
  struct UnknownKeyword: Error {
    let keyword: String
  }

  private let schemas: [String: JSON]

  init() {
    schemas = Dictionary(
      uniqueKeysWithValues: AdminSchema.all.map { ($0.name, JSON($0.json.text().utf8) ?? .null) }
    )
  }

  /// What is wrong with the value, each with where it is.
  func problems(of value: JSON, _ schema: AdminSchema) throws -> [String] {
    try problems(of: value, schemas[schema.name] ?? .null, at: schema.name)
  }

  /// The members that an object of a schema can have.
  func members(of schema: AdminSchema) -> Set<String> {
    Set((schemas[schema.name]?.members?["properties"]?.members ?? [:]).keys)
  }

  private func problems(of value: JSON, _ schema: JSON, at place: String) throws -> [String] {
    var found: [String] = []
    func expect(_ holds: Bool, _ keyword: String) {
      if !holds { found.append("\(place): \(keyword)") }
    }
    let length = value.text?.unicodeScalars.count ?? 0
    let number: Double? = if case .number(let number) = value { number } else { nil }
    guard let rules = schema.members else { return ["\(place): there is no schema"] }
    for (keyword, rule) in rules {
      switch (keyword, rule) {
      case ("type", .string(let name)): expect(SchemaCheck.isOne(value, of: name), "type \(name)")
      case ("enum", .array(let choices)): expect(choices.contains(value), keyword)
      case ("pattern", .string(let pattern)):
        expect(value.text?.range(of: pattern, options: .regularExpression) != nil, keyword)
      case ("minLength", .number(let least)): expect(length >= Int(least), keyword)
      case ("maxLength", .number(let most)): expect(length <= Int(most), keyword)
      case ("minimum", .number(let least)): expect(number.map { $0 >= least } == true, keyword)
      case ("maximum", .number(let most)): expect(number.map { $0 <= most } == true, keyword)
      case ("maxItems", .number(let most)): expect(value.elements?.count ?? 0 <= Int(most), keyword)
      case ("format", .string(let name)): expect(name == "date-time", keyword)
      case ("properties", .object): break
      case ("$ref", .string(let reference)):
        let name = String(reference.split(separator: "/").last ?? "")
        found += try problems(of: value, schemas[name] ?? .null, at: "\(place)/\(name)")
      case ("anyOf", .array(let choices)):
        expect(try choices.contains { try problems(of: value, $0, at: place).isEmpty }, keyword)
      case ("items", let element):
        for item in value.elements ?? [] { found += try problems(of: item, element, at: place + "[]") }
      case ("required", .array(let names)):
        for name in names.compactMap(\.text) { expect(value.members?[name] != nil, "\(name) is missing") }
      case ("additionalProperties", let others):
        let known = rules["properties"]?.members ?? [:]
        for (name, member) in value.members ?? [:] {
          if let rule = known[name] ?? (others == .boolean(false) ? nil : others) {
            found += try problems(of: member, rule, at: "\(place).\(name)")
          } else {
            expect(false, "\(name) is not known")
          }
        }
      default: throw UnknownKeyword(keyword: keyword)
      }
    }
    return found
  }

  private static func isOne(_ value: JSON, of type: String) -> Bool {
    switch (type, value) {
    case ("string", .string), ("boolean", .boolean), ("array", .array), ("object", .object), ("null", .null):
      true
    case ("integer", .number(let number)): Int(exactly: number) != nil
    default: false
    }
  }
}

extension AdminOutcome {
  /// What is not as the operation says of its answers.
  func problems(with operation: AdminOperation) throws -> [String] {
    let (check, value) = (SchemaCheck(), JSON(text.utf8))
    switch operation.outcome {
    case .shown(let schema), .created(let schema): return try check.problems(of: value ?? .null, schema)
    case .listed(let schema):
      guard let elements = value?.elements else { return ["it is no array"] }
      return try elements.flatMap { try check.problems(of: $0, schema) }
    case .done: return text.isEmpty ? [] : ["something follows the header"]
    case .lines(let schema, let last):
      return try text.split(separator: "\n").flatMap { line in
        let value = JSON(line.utf8) ?? .null
        let problems = try check.problems(of: value, schema)
        return try problems.isEmpty || check.problems(of: value, last).isEmpty ? [] : problems
      }
    }
  }
}
