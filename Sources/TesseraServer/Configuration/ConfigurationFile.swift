import Configuration
import Foundation
import TesseraCore
import Yams

/// A `tessera.yaml`.
struct ConfigurationFile {
  /// What is looked for when no file is named.
  static let standardName = "tessera.yaml"

  let path: String
  /// The values.
  let snapshot: YAMLSnapshot
  /// The line that each key is on, by the full name of the key.
  private let lines: [String: Int?]

  /// Reads a file.
  ///
  /// Nil when it holds nothing, such as when everything in it is commented out.
  init?(path: String) throws(ConfigurationError) {
    let text = try ConfigurationFile.text(at: path)
    do {
      guard let root = try Yams.compose(yaml: text), root != Node("", Tag(.null)) else { return nil }
      guard let mapping = root.mapping else {
        throw ConfigurationError("\(path.printable) does not hold keys and values")
      }
      self.path = path
      lines = try ConfigurationFile.flattened(mapping, path: path)
      snapshot = try YAMLSnapshot(
        data: Array(text.utf8).span.bytes,
        providerName: path,
        parsingOptions: .default
      )
    } catch let error as ConfigurationError {
      throw error
    } catch {
      let reason = String(describing: error).split(separator: "\n").first ?? ""
      throw ConfigurationError("\(path.printable) is not valid YAML: \(String(reason).printable)")
    }
  }

  /// Where the file is, whatever folder that is said in.
  var absolutePath: String { URL(filePath: path).standardizedFileURL.path(percentEncoded: false) }

  /// Where the value of a key is.
  func origin(of name: String) -> ConfigurationOrigin { .file(path: path, line: lines[name] ?? nil) }

  /// Throws for the first key that is not known, and for a secret.
  func checkKeys() throws(ConfigurationError) {
    for name in lines.keys.sorted() {
      guard let key = ConfigurationKey.named(name) else {
        let names = ConfigurationKey.all.filter { !$0.isSecret }.map(\.name)
        throw .unknownKey(name, among: names, from: origin(of: name))
      }
      guard !key.isSecret else {
        throw ConfigurationError(
          "\(name) (from \(origin(of: name))) is a secret: set \(key.environmentVariable) or \(name)-file "
            + "instead",
          origin: origin(of: name)
        )
      }
    }
  }
}
