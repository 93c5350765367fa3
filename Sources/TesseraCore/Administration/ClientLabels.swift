/// What operators sort clients by: values by name, both free.
package struct ClientLabels: Sendable, Equatable {
  /// The most of one client.
  package static let maximumCount = 32
  /// The most characters of a name.
  package static let maximumNameLength = 63
  package let byName: [String: String]

  /// No labels.
  package init() { byName = [:] }

  /// These labels, each with a value that is a name too.
  package init(_ labels: [String: String]) throws(AdministrationError) {
    guard labels.count <= ClientLabels.maximumCount else {
      throw .invalid(.labels, "a client has at most \(ClientLabels.maximumCount) labels")
    }
    var checked: [String: String] = [:]
    for (name, value) in labels {
      try ClientLabels.check(name)
      checked[name] = try DisplayName(value, of: .labels).text
    }
    byName = checked
  }

  /// Throws for what cannot be the name of a label.
  static func check(_ name: String) throws(AdministrationError) {
    let isAlphanumeric: (UInt8) -> Bool = { byte in (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }
    guard (1...maximumNameLength).contains(name.utf8.count), name.utf8.first.map(isAlphanumeric) == true,
      name.utf8.allSatisfy({ isAlphanumeric($0) || "-._/".utf8.contains($0) })
    else {
      throw .invalid(
        .labels,
        "the name of a label has 1 to \(maximumNameLength) letters, digits and -._/ and begins with a letter or digit"
      )
    }
  }
}
