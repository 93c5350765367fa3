package import TesseraCore

/// The reference of the management API: its OpenAPI document, and a page for people that is made from it.
package enum APIReference {
  /// The document of a server of this version whose token endpoint is there.
  package static func document(version: String, tokenEndpoint: String) -> JSONValue {
    OpenAPIDocument(operations: AdminOperation.all, version: version, tokenEndpoint: tokenEndpoint).json
  }

  /// The page `docs/api.md`.
  package static var markdown: String {
    let document = document(version: "", tokenEndpoint: "")
    let operations = AdminOperation.all.compactMap { operation in
      document["paths"]?[operation.path]?[operation.method.lowercased()].map {
        OperationPage(path: operation.path, method: operation.method, described: $0)
      }
    }
    let schemas = document["components"]?["schemas"]?.members ?? []
    return """
      # Management API

      <!-- Made by `tessera api reference`. Do not edit by hand. -->

      What programs ask at the management listener; [operations.md](operations.md#the-management-api) says how they get a
      token. `/openapi.json` there is the same as OpenAPI 3.1. Bodies are JSON, and so are
      answers; members that are not named here are refused. Every refusal is a [`Problem`](#problem) (RFC 9457).

      \(operations.map(\.markdown).joined(separator: "\n\n"))

      \(schemas.map(SchemaPage.init).map(\.markdown).joined(separator: "\n\n"))

      """
  }
}

/// What the page says of an operation.
private struct OperationPage {
  let path: String
  let method: String
  let described: JSONValue

  var markdown: String {
    var parts = ["## \(method) \(path)", "\(described["summary"]?.text ?? "") Scope: \(scopes)."]
    let parameters = described["parameters"]?.elements ?? []
    if !parameters.isEmpty {
      let rows = parameters.map { parameter in
        let name =
          "`\(parameter["name"]?.text ?? "")`" + (parameter["required"] == .boolean(true) ? ", needed" : "")
        return "| \(name) | \(parameter["in"]?.text ?? "") | \(parameter["schema"]?.typeText ?? "") | "
          + "\(parameter["description"]?.text ?? "") |"
      }
      parts.append(
        "| Parameter | In | Type | What it is |\n|---|---|---|---|\n" + rows.joined(separator: "\n")
      )
    }
    if let body = described["requestBody"]?["content"]?["application/json"]?["schema"] {
      let rows = body.memberRows(describing: true)
      parts.append(
        "| Member of the body | Type | What it is |\n|---|---|---|\n" + rows.joined(separator: "\n")
      )
    }
    parts.append(answers)
    return parts.joined(separator: "\n\n")
  }

  private var scopes: String {
    let names = described["security"]?.elements.first?.members.flatMap {
      $0.value.elements.compactMap(\.text)
    }
    return (names ?? []).map { "`\($0)`" }.joined(separator: ", ")
  }

  private var answers: String {
    let responses = described["responses"]?.members ?? []
    let lines = responses.map { response in
      let content = response.value["content"]?.members.first
      let type = content?.value["schema"]?.typeText
      let fields = (response.value["headers"]?.members ?? []).map { "`\($0.name)`" }.joined(separator: ", ")
      let shown = type == "[`Problem`](#problem)" || content?.name == "application/jsonl" ? nil : type
      return "- \(response.name): \(response.value["description"]?.text ?? "")"
        + (shown.map { ": \($0)" } ?? "") + (fields.isEmpty ? "" : "; \(fields)")
    }
    return "Answers:\n\n" + lines.joined(separator: "\n")
  }
}

/// What the page says of a schema.
private struct SchemaPage {
  let name: String
  let schema: JSONValue

  init(_ member: JSONValue.Member) {
    name = member.name
    schema = member.value
  }

  var markdown: String {
    "## \(name)\n\n| Member | Type |\n|---|---|\n"
      + schema.memberRows(describing: false).joined(separator: "\n")
  }
}

extension JSONValue {
  fileprivate subscript(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  fileprivate var members: [Member] { if case .object(let members) = self { members } else { [] } }

  fileprivate var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

  fileprivate var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }

  /// A row for each member of the objects that this is the schema of.
  fileprivate func memberRows(describing: Bool) -> [String] {
    let needed = (self["required"]?.elements ?? []).compactMap(\.text)
    return (self["properties"]?.members ?? []).map { member in
      let isNeeded = needed.contains(member.name)
      let note = describing ? (isNeeded ? ", needed" : "") : (isNeeded ? "" : ", not always")
      let help = describing ? " \(member.value["description"]?.text ?? "") |" : ""
      return "| `\(member.name)`\(note) | \(member.value.typeText) |\(help)"
    }
  }

  /// The values that this is the schema of, in words.
  fileprivate var typeText: String {
    if let reference = self["$ref"]?.text?.split(separator: "/").last {
      return "[`\(reference)`](#\(reference.lowercased()))"
    }
    if let choices = self["anyOf"]?.elements { return choices.map(\.typeText).joined(separator: " or ") }
    if let choices = self["enum"]?.elements {
      return choices.map { $0.text.map { $0.isEmpty ? "an empty text" : "`\($0)`" } ?? "" }.joined(
        separator: ", "
      )
    }
    switch self["type"]?.text {
    case "array": return "array of " + (self["items"]?.typeText ?? "")
    case "object":
      if self["properties"] == nil {
        return "object" + (self["additionalProperties"].map { " of " + $0.typeText } ?? "")
      }
      return "object ("
        + memberRows(describing: false).map { row in
          row.dropFirst(2).dropLast(2).replacing(" | ", with: " ")
        }.joined(separator: "; ") + ")"
    case "string" where self["format"]?.text == "date-time": return "time"
    case "integer": return "integer" + rangeText("minimum", "maximum")
    case "string": return "text" + rangeText("minLength", "maxLength", of: " characters")
    case let name: return name ?? ""
    }
  }

  private func rangeText(_ least: String, _ greatest: String, of unit: String = "") -> String {
    switch (self[least]?.integer, self[greatest]?.integer) {
    case (let least?, let greatest?):
      return least == greatest ? ", \(least)\(unit)" : ", \(least) to \(greatest)\(unit)"
    case (let least?, nil): return ", \(least)\(unit) or more"
    default: return ""
    }
  }
}
