import Logging
import TesseraCore
import TesseraJOSE

/// What one line of the log says.
struct LogLine {
  let time: Timestamp
  let level: Logger.Level
  let message: String
  let metadata: Logger.Metadata

  /// The line in this format, without its end.
  ///
  /// Nothing in it can begin another line.
  func text(in format: LogFormat) -> String {
    switch format {
    case .text: text
    case .json: json.text()
    }
  }

  /// Time, level, message, then `name=value` in the order of the names.
  private var text: String {
    var line = time.iso8601
    line += " "
    line += level.rawValue.padded(to: 8)
    line += message.printable
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line += " "
      line += name.printable
      line += "="
      line += LogLine.quotedWhereNeeded(value.description.printable)
    }
    return line
  }

  static func quotedWhereNeeded(_ value: String) -> String {
    let isPlain = !value.isEmpty && !value.utf8.contains { $0 == 0x20 || $0 == 0x22 || $0 == 0x3D }
    if isPlain { return value }
    var quoted = "\""
    for scalar in value.unicodeScalars {
      // The backslash too: else one before a quote would end the value, and what follows could be a field.
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private var json: JSONValue {
    let fixed = [
      JSONValue.Member("time", .string(time.iso8601)), JSONValue.Member("level", .string(level.rawValue)),
      JSONValue.Member("message", .string(message)),
    ]
    let others = metadata.sorted { $0.key < $1.key }.map { name, value in
      JSONValue.Member(fixed.contains { $0.name == name } ? name + "_" : name, JSONValue(value))
    }
    return .object(fixed + others)
  }
}

extension JSONValue {
  fileprivate init(_ value: Logger.MetadataValue) {
    switch value {
    case .string(let text): self = .string(text)
    case .stringConvertible(let number as any BinaryInteger): self = .integer(Int(clamping: number))
    case .stringConvertible(let value): self = .string(value.description)
    case .array(let values): self = .array(values.map(JSONValue.init))
    case .dictionary(let values):
      self = .object(values.sorted { $0.key < $1.key }.map { Member($0.key, JSONValue($0.value)) })
    }
  }
}
