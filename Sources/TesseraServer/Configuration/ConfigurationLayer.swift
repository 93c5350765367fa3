import Configuration
import Foundation

/// One source of values.
///
/// Later layers win over earlier ones.
struct ConfigurationLayer {
  /// The values.
  let snapshot: any ConfigSnapshot
  /// What stands before every key in it.
  var prefix: [String] = []
  /// Where in it the value of a key is.
  let origin: (ConfigurationKey) -> ConfigurationOrigin

  /// The values of a key in text form; nil when this layer does not set it.
  func texts(of key: ConfigurationKey) throws(ConfigurationError) -> [String]? {
    let path = AbsoluteConfigKey(prefix + key.components)
    // A list in YAML is only found as a list, a list in one text only as a text.
    if let list = content(at: path, as: .stringArray), case .stringArray(let texts) = list, key.isList {
      return texts.flatMap(ConfigurationLayer.separated)
    }
    if let content = content(at: path, as: .string), case .string(let text) = content {
      return key.isList ? ConfigurationLayer.separated(text) : [text]
    }
    guard isPresent(path) else { return nil }
    throw .badValue(of: key, "a list", from: origin(key))
  }

  private func content(at path: AbsoluteConfigKey, as type: ConfigType) -> ConfigContent? {
    (try? snapshot.value(forKey: path, type: type))?.value?.content
  }

  /// What is there but has another type throws; what is not there is nil.
  private func isPresent(_ path: AbsoluteConfigKey) -> Bool {
    do {
      return try snapshot.value(forKey: path, type: .string).value != nil
    } catch {
      return true
    }
  }

  private static func separated(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
