package import Foundation
package import TesseraCore
import Yams

/// A file that declares resources, scopes and clients, in YAML or in JSON, which is YAML too.
///
/// It is read strictly: whatever it could mean otherwise than it looks is refused, with line and column.
package enum DeclarationFile {
  /// The most bytes of a file: room for some 100,000 clients.
  package static let maximumSize = 16 << 20

  /// What the text of a file declares; `name` is what the file is called.
  package static func parse(_ data: Data, named name: String) throws(DeclarationError) -> Declaration {
    guard data.count <= maximumSize else {
      throw DeclarationError("\(name): a file has at most \(maximumSize >> 20) MiB; make several of it")
    }
    var check = CharacterCheck(file: name)
    try check.check(data)
    do {
      let parser = try Parser(yaml: String(decoding: data, as: UTF8.self), resolver: .basic)
      // Nodes hold their anchors weakly, the parser holds them.
      return try withExtendedLifetime(parser) {
        try DeclarationReader(file: name).declaration(try parser.singleRoot())
      }
    } catch let error as YamlError {
      throw DeclarationError(error, in: name)
    } catch let error as DeclarationError {
      throw error
    } catch {
      throw DeclarationError("\(name): \(error)")
    }
  }
}

/// Looks at the characters of a file before anything is made of them.
private struct CharacterCheck {
  /// The most that looks like an alias: aliases of aliases can grow without end when they are keys.
  private static let maximumAliases = 32

  let file: String
  private var line = 1
  private var column = 1
  private var aliases = 0
  private var previous: Unicode.Scalar = "\n"

  init(file: String) {
    self.file = file
  }

  private var place: DeclaredPlace { DeclaredPlace(file: file, line: line, column: column) }

  mutating func check(_ data: Data) throws(DeclarationError) {
    var bytes = data.makeIterator()
    var decoder = UTF8()
    while true {
      switch decoder.decode(&bytes) {
      case .scalarValue(let scalar): try take(scalar)
      case .emptyInput: return
      case .error: throw DeclarationError(at: place, "this is not UTF-8")
      }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) throws(DeclarationError) {
    switch scalar {
    case "\n": (line, column) = (line + 1, 0)
    case "\t": throw DeclarationError(at: place, "a tab is not taken; use spaces")
    case "*" where " \n[{,".unicodeScalars.contains(previous):
      aliases += 1
      guard aliases <= CharacterCheck.maximumAliases else { throw .alias(at: place) }
    case "\u{FEFF}" where line == 1 && column == 1: break
    case "\r" where previous != "\r": break
    case _ where previous == "\r" || scalar.isControl || scalar == "\u{2028}" || scalar == "\u{2029}":
      let number = String((previous == "\r" ? previous : scalar).value, radix: 16, uppercase: true)
      throw DeclarationError(at: place, "the character U+\(number) is not taken")
    default: break
    }
    previous = scalar
    column += 1
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7F..<0xA0).contains(value) }
}

extension DeclarationError {
  static func alias(at place: DeclaredPlace) -> DeclarationError {
    DeclarationError(at: place, "anchors and aliases (& and *) are not taken; write each value out")
  }

  /// What the parser found.
  fileprivate init(_ error: YamlError, in file: String) {
    func at(_ mark: Mark, _ text: String) -> DeclarationError {
      DeclarationError(at: DeclaredPlace(file: file, line: mark.line, column: mark.column), text)
    }
    self =
      switch error {
      case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        at(
          mark,
          problem.hasPrefix("Maximum nesting level")
            ? "this is nested too deeply" : (context.map { $0.text + ": " } ?? "") + problem
        )
      case .duplicatedKeysInMapping(let keys, let context):
        at(context.mark, "'\(keys.first?.printable ?? "")' is given twice in what begins here")
      default: DeclarationError("\(file): this is not YAML")
      }
  }
}
