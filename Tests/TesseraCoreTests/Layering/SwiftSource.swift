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

  /// By hand, because a regular expression takes half a minute for the whole tree in a debug build.
  private static func code(of text: String) -> String {
    var code: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if rest.starts(with: "//".utf8) {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
      } else if rest.starts(with: "/*".utf8) {
        rest = after("*/", in: rest.dropFirst(2))
      } else if let end = ["\"\"\"", "\""].first(where: { rest.starts(with: $0.utf8) }) {
        rest = after(end, in: rest.dropFirst(end.utf8.count), escapes: true)
      } else if rest.starts(with: "#\"".utf8) {
        rest = after("\"#", in: rest.dropFirst(2))
      } else {
        code.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: code, as: UTF8.self)
  }

  /// What follows this end of a comment or a text.
  private static func after(_ end: String, in bytes: ArraySlice<UInt8>, escapes: Bool = false) -> ArraySlice<
    UInt8
  > {
    var rest = bytes
    while !rest.isEmpty, !rest.starts(with: end.utf8) {
      rest = rest.dropFirst(escapes && rest.first == UInt8(ascii: "\\") ? 2 : 1)
    }
    return rest.dropFirst(end.utf8.count)
  }
}

extension UInt8 {
  fileprivate var isWordCharacter: Bool {
    (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10 || self == UInt8(ascii: "_")
  }
}
