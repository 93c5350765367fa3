import TesseraCore

/// The kinds of value. A value that is not exactly of its kind is refused, never guessed at.
extension ConfigurationKey {
  typealias Path<Value> = any WritableKeyPath<ServerConfiguration, Value> & Sendable

  static func integer(
    _ name: String,
    _ path: Path<Int>,
    _ range: ClosedRange<Int>,
    unit: String? = nil,
    flag: String? = nil,
    _ documentation: String
  ) -> ConfigurationKey {
    let unit = unit.map { " (\($0))" } ?? ""
    return ConfigurationKey(
      name: name,
      allowed: "an integer from \(range.lowerBound) to \(range.upperBound)\(unit)",
      documentation: documentation,
      flag: flag,
      read: { String($0[keyPath: path]) },
      write: { configuration, texts in
        guard let number = Int(texts[0]), range.contains(number) else { return false }
        configuration[keyPath: path] = number
        return true
      }
    )
  }

  static func boolean(_ name: String, _ path: Path<Bool>, _ documentation: String) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: "true or false",
      documentation: documentation,
      read: { String($0[keyPath: path]) },
      write: { configuration, texts in
        guard let value = Bool(texts[0]) else { return false }
        configuration[keyPath: path] = value
        return true
      }
    )
  }

  static func choice<Choice: CaseIterable & RawRepresentable<String> & SendableMetatype>(
    _ name: String,
    _ path: Path<Choice>,
    _ documentation: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
      documentation: documentation,
      read: { $0[keyPath: path].rawValue },
      write: { configuration, texts in
        guard let choice = Choice(rawValue: texts[0]) else { return false }
        configuration[keyPath: path] = choice
        return true
      }
    )
  }

  static func text(
    _ name: String,
    _ path: Path<String>,
    allowed: String,
    flag: String? = nil,
    _ documentation: String,
    isAllowed: @escaping @Sendable (String) -> Bool
  ) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: allowed,
      documentation: documentation,
      flag: flag,
      read: { $0[keyPath: path] },
      write: { configuration, texts in
        guard isAllowed(texts[0]) else { return false }
        configuration[keyPath: path] = texts[0]
        return true
      }
    )
  }

  static func tokenEndpoint(
    _ name: String,
    _ path: Path<TokenEndpointPath>,
    _ documentation: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: "a path such as /oauth2/token, of letters, digits and -._~ between its slashes, or off",
      documentation: documentation,
      read: { $0[keyPath: path].text },
      write: { configuration, texts in
        guard let value = TokenEndpointPath(texts[0]) else { return false }
        configuration[keyPath: path] = value
        return true
      }
    )
  }

  static func texts(
    _ name: String,
    _ path: Path<[String]>,
    allowed: String,
    _ documentation: String,
    isAllowed: @escaping @Sendable (String) -> Bool
  ) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: allowed,
      documentation: documentation,
      isList: true,
      read: { $0[keyPath: path].joined(separator: ", ") },
      write: { configuration, texts in
        guard texts.allSatisfy(isAllowed) else { return false }
        configuration[keyPath: path] = texts
        return true
      }
    )
  }

  static func addressRanges(
    _ name: String,
    _ path: Path<[AddressRange]>,
    _ documentation: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name: name,
      allowed: "a list of IP addresses and of ranges such as 10.0.0.0/8, none wider than /8 (IPv6: /7)",
      documentation: documentation,
      isList: true,
      read: { $0[keyPath: path].map(\.description).joined(separator: ", ") },
      write: { configuration, texts in
        let ranges = texts.compactMap(AddressRange.init)
        guard ranges.count == texts.count, !ranges.contains(where: \.isTooWideToTrust) else { return false }
        configuration[keyPath: path] = ranges
        return true
      }
    )
  }
}
