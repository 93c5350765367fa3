import Foundation

/// What people call things: clients, secrets, and what describes scopes and resources.
///
/// It is in Unicode's form NFC, in which two spellings of the same letters are one. It has nothing that nobody sees, and
/// no blank at its ends, since both get lost on the way from one program to the next.
package struct DisplayName: Hashable, Sendable, CustomStringConvertible {
  /// The most characters, as people count them.
  package static let maximumLength = 100
  /// The most bytes, in UTF-8.
  package static let maximumByteCount = 400

  /// Why a text is no name, to follow "a name".
  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// What the first secret of a client is called when nobody says so.
  package static let firstSecret = DisplayName(checked: "default")

  /// The name in the form in which it is kept.
  package let text: String

  package init(_ text: String) throws(Problem) {
    let name = text.precomposedStringWithCanonicalMapping
    let scalars = Array(name.unicodeScalars)
    guard (1...DisplayName.maximumLength).contains(name.count),
      name.utf8.count <= DisplayName.maximumByteCount
    else {
      throw Problem(
        description:
          "must have 1 to \(DisplayName.maximumLength) characters, at most \(DisplayName.maximumByteCount) bytes in all"
      )
    }
    guard let first = scalars.first, let last = scalars.last, !first.isBlank, !last.isBlank else {
      throw Problem(description: "must not begin or end with a space")
    }
    guard !first.isMark else {
      throw Problem(description: "must begin with a letter, a digit or a symbol that stands by itself")
    }
    for (index, scalar) in scalars.enumerated()
    where scalar.isInvisible && !Joiner.isNeeded(at: index, of: scalars) {
      throw Problem(
        description: "must have visible characters only, not U+"
          + String(scalar.value, radix: 16, uppercase: true)
      )
    }
    self.text = name
  }

  private init(checked text: String) {
    self.text = text
  }

  package var description: String { text }
}

/// When two names are one.
package enum Name {
  /// What two names have in common that are the same name to people: they differ in spelling, in case, in the width of
  /// letters, in which blanks or in joiners only.
  package static func key(of name: String) -> String {
    let folded = name.precomposedStringWithCompatibilityMapping.uppercased().lowercased()
    let visible = folded.unicodeScalars.filter { !$0.isInvisible }
    let words = visible.split(whereSeparator: \.isBlank).map { String(String.UnicodeScalarView($0)) }
    // Once more, since folding and leaving out can bring letters together that compose.
    return words.joined(separator: " ").precomposedStringWithCompatibilityMapping
  }
}

extension Unicode.Scalar {
  /// A space of any width.
  fileprivate var isBlank: Bool { properties.generalCategory == .spaceSeparator }

  /// What goes on top of or below another character.
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// What leaves no trace, or changes how other characters are shown: control and format characters, overrides of the
  /// direction, fillers, and what Unicode has no meaning for.
  fileprivate var isInvisible: Bool {
    if properties.isDefaultIgnorableCodePoint || value == 0x2800 { return true }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }
}
