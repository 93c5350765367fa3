import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera export`.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write what there is as a file for 'tessera plan' and 'tessera apply'.",
    discussion: "Neither secrets nor operators are in it."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      var json: [DeclaredKind: [JSONValue]] = [:]
      var written: Set<DeclaredKind> = []
      let operators = try await workspace.administration.exportEntries { entries in
        var text = ""
        for entry in entries {
          guard workspace.format == .text else {
            json[entry.kind, default: []].append(.object(entry.members.map { .init($0, $1.json) }))
            continue
          }
          if written.insert(entry.kind).inserted { text += "\(entry.kind.rawValue):\n" }
          text += DeclarationText.entry(entry.members)
        }
        try Console.write(text)
      }
      switch workspace.format {
      case .text:
        // A file that does not list a kind says nothing about it.
        for kind in DeclaredKind.allCases where !written.contains(kind) {
          try Console.write("\(kind.rawValue): []\n")
        }
      case .json:
        try Console.print(
          .object(DeclaredKind.allCases.map { .init($0.rawValue, .array(json[$0] ?? [])) })
        )
      }
      if operators > 0 { Console.note("clients of operators are left out: \(operators)") }
    }
  }
}

/// Entries as they stand in a file.
enum DeclarationText {
  static func entry(_ members: Administration.DeclaredMembers) -> String {
    var lines: [String] = []
    for (name, value) in members {
      guard case .map(let values) = value else {
        lines.append("\(name): \(scalar(value))")
        continue
      }
      lines.append("\(name):")
      lines += values.sorted { $0.key < $1.key }.map {
        "  \(PlainText.written($0.key)): \(PlainText.written($0.value))"
      }
    }
    return lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element + "\n" }.joined()
  }

  private static func scalar(_ value: DeclaredValue) -> String {
    switch value {
    case .text(let text): PlainText.written(text)
    case .texts(let texts): "[\(texts.map(PlainText.written).joined(separator: ", "))]"
    case .integer, .boolean, .map: value.text
    }
  }
}
