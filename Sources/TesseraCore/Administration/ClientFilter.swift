/// What a list of clients is narrowed to; what is nil or empty does not.
package struct ClientFilter: Sendable {
  /// A label that clients have.
  struct Label: Sendable {
    let name: String
    /// Nil for any value.
    let value: String?
  }

  private var nameKey: String?
  private var ownerKey: String?
  private var labels: [Label] = []
  /// Only those that are enabled, or only those that are not.
  package var isEnabled: Bool?

  package init() {}

  /// Only clients in whose name this is, in whatever case.
  package mutating func require(nameWith text: String) throws(AdministrationError) {
    let key = Name.key(of: text)
    guard (1...DisplayName.maximumByteCount).contains(text.utf8.count), !key.isEmpty else {
      throw .invalid(.name, "what to look for in names has 1 to \(DisplayName.maximumByteCount) bytes")
    }
    nameKey = key
  }

  /// Only clients of this owner.
  package mutating func require(owner: String) throws(AdministrationError) {
    ownerKey = Name.key(of: try DisplayName(owner, of: .owner).text)
  }

  /// Only clients with this label: `name=value`, or `name` for any value.
  package mutating func require(label text: String) throws(AdministrationError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    try ClientLabels.check(parts[0])
    guard labels.count < ClientLabels.maximumCount else {
      throw .invalid(.labels, "at most \(ClientLabels.maximumCount) labels can be looked for")
    }
    var value: String?
    if parts.count > 1 { value = try DisplayName(parts[1], of: .labels).text }
    labels.append(Label(name: parts[0], value: value))
  }

  /// Whether every client passes.
  var isEmpty: Bool { nameKey == nil && ownerKey == nil && labels.isEmpty && isEnabled == nil }

  /// Whether a client passes.
  package func passes(_ client: Client) -> Bool {
    if let isEnabled, client.isEnabled != isEnabled { return false }
    if let ownerKey, client.owner.map(Name.key(of:)) != ownerKey { return false }
    if let nameKey, !Name.key(of: client.name).contains(nameKey) { return false }
    guard !labels.isEmpty else { return true }
    let known = client.labels
    return labels.allSatisfy { label in
      known[label.name].map { value in label.value.map { $0 == value } ?? true } ?? false
    }
  }
}
