import Foundation

/// A source file, of which only the code counts: comments and texts are left out.
struct SwiftSource: Sendable {
  /// Where it is, below the folder that was read.
  let path: String
  private let code: String

  init(path: String, _ text: String) {
    self.path = path
    code = SwiftSource.code(of: text)
  }

  /// All sources below a folder.
  static func all(below folder: URL) throws -> [SwiftSource] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
      .sorted()
      .map { SwiftSource(path: $0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
  }

  /// The folder that it is in, below the one that was read; empty for none.
  var folder: String { path.contains("/") ? String(path.prefix { $0 != "/" }) : "" }

  /// The modules that it imports.
  var imports: Set<String> {
    Set(
      code.matches(
        of: #/(?m)^ *(?:@\w+ +)*(?:(?:public|package|internal|private) +)?import +(?:\w+ +)?(\w+)/#
      )
      .map { String($0.1) }
    )
  }

  /// The types that it declares for others, without those inside of others.
  var types: Set<String> {
    let declaration =
      #/(?m)^(?:@\w+ +)*((?:\w+ +)*)(?:struct|class|enum|protocol|actor|typealias) +(\w+)/#
    return Set(code.matches(of: declaration).filter { !$0.1.contains("private") }.map { String($0.2) })
  }

  /// The words that begin with a capital, as types do.
  var names: Set<String> {
    let words = code.utf8.split { !($0.isWordCharacter) }.compactMap { String($0) }
    return Set(words.filter { $0.first?.isUppercase ?? false })
  }

  private static func code(of text: String) -> String {
    let left =
      #/\/\/[^\n]*|\/\*(?:[^*]|\*[^\/])*\*\/|"""(?:[^"]|"(?!""))*"""|#"[^\n]*?"#|"(?:\\.|[^"\\\n])*"/#
    return text.replacing(left, with: " ")
  }
}

extension UInt8 {
  fileprivate var isWordCharacter: Bool {
    (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10 || self == UInt8(ascii: "_")
  }
}
