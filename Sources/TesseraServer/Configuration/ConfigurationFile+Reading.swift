import Foundation
import TesseraCore
import Yams

extension ConfigurationFile {
  private static let maximumSize = 1 << 20

  /// Throws when others could have written what is in the file.
  static func checkAccess(to path: String, isNamed: Bool) throws(ConfigurationError) {
    guard let status = FileStatus(path: path),
      let danger = FileTrust.current.danger(ofConfiguration: status, isNamed: isNamed)
    else { return }
    let file = UnsafeFile(whatItIs: "the configuration file", path: path, danger: danger)
    let hint = if case .belongsToAnother = danger { ", or name it by --config" } else { "" }
    throw ConfigurationError(file.description + hint)
  }

  static func text(at path: String) throws(ConfigurationError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw ConfigurationError("cannot read the configuration file \(path.printable)")
    }
    guard data.count <= maximumSize, let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationError("\(path.printable) is not a text of at most 1 MiB")
    }
    return text
  }

  /// The full name of each value with its line.
  ///
  /// A group without any value is nothing.
  static func flattened(
    _ mapping: Node.Mapping,
    path: String,
    prefix: String = ""
  ) throws(ConfigurationError) -> [String: Int?] {
    var lines: [String: Int?] = [:]
    for (keyNode, value) in mapping {
      let line = keyNode.mark?.line
      guard let key = keyNode.string else {
        throw ConfigurationError(
          "a key in \(ConfigurationOrigin.file(path: path, line: line)) is not a text"
        )
      }
      let name = prefix + key
      let found: [String: Int?] =
        if let group = value.mapping {
          try flattened(group, path: path, prefix: name + ".")
        } else if isEmptyGroup(name, value) {
          [:]
        } else {
          [name: line]
        }
      for (name, line) in found where lines.updateValue(line, forKey: name) != nil {
        throw ConfigurationError(
          "\(name.printable) is set twice (from \(ConfigurationOrigin.file(path: path, line: line)))"
        )
      }
    }
    return lines
  }

  /// What is left of a group whose keys are all commented out.
  private static func isEmptyGroup(_ name: String, _ value: Node) -> Bool {
    value.scalar?.string == "" && ConfigurationKey.all.contains { $0.name.hasPrefix(name + ".") }
  }
}
