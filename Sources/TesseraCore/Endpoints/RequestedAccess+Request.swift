import TesseraSupport

/// What is kept of a request: names that the server knows, and of others those that could be slips.
///
/// People paste secrets and tokens where they do not belong: what may be one is only counted.
extension RequestedAccess {
  /// The most names of a kind that are kept.
  private static let mostNames = 16
  /// The longest name that the server does not know and that is kept, in bytes.
  private static let longestUnknown = 64
  /// So many letters and digits in a row are not a word that anybody made up.
  private static let longestWord = 20

  /// `secrets` are those that the request presents.
  init(
    _ form: FormParameters,
    knownTo facts: ReplicaFacts?,
    secrets: @autoclosure () -> [String]
  ) {
    self.init()
    var presented: [String]?
    func isShown(_ name: String) -> Bool {
      guard RequestedAccess.couldBeSlip(name) else { return false }
      let known = presented ?? secrets()
      presented = known
      // Nor a part of one, as it is where a secret has a space.
      return !known.contains { $0.contains(name) || $0.utf8.count >= 8 && name.contains($0) }
    }
    // Without a list of all names: a refusal is to cost little.
    var rest = form.bytes(.scope) ?? []
    while !rest.isEmpty {
      let bytes = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ",") }
      rest = rest.dropFirst(bytes.count + 1)
      guard !bytes.isEmpty else { continue }
      let name = String(decoding: bytes, as: UTF8.self)
      let isKnown = Scope(name).map { facts?.scopes[$0] != nil } ?? false
      if scopes.count < RequestedAccess.mostNames, isKnown || isShown(name) {
        scopes.append(name)
      } else {
        omitted += 1
      }
    }
    for name in form.values(.resource) + form.values(.audience) {
      let isKnown = Resource(name).map { facts?.resources[$0] != nil } ?? false
      if resources.count < RequestedAccess.mostNames, isKnown || isShown(name) {
        resources.append(name)
      } else {
        omitted += 1
      }
    }
  }

  /// Whether somebody may have meant a name by it: visible ASCII, short, and without a long row of letters and digits, as
  /// generated secrets and tokens are.
  private static func couldBeSlip(_ name: String) -> Bool {
    guard (1...longestUnknown).contains(name.utf8.count) else { return false }
    var row = 0
    for byte in name.utf8 {
      // No user information of a URI either.
      guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "@") else { return false }
      row = byte.isASCIILetterOrDigit ? row + 1 : 0
      guard row < longestWord else { return false }
    }
    return true
  }
}

extension Exchange {
  /// What it asks for, to be remembered of a refusal.
  func requestedAccess(knownTo facts: ReplicaFacts?) -> RequestedAccess? {
    guard let form else { return nil }
    let authorization = request.headers.values(.authorization)
    return RequestedAccess(
      form,
      knownTo: facts,
      secrets: [form[.clientSecret]].compactMap(\.self)
        + authorization.compactMap { BasicCredentials(authorization: $0) }.flatMap(\.readings).map(\.secret)
    )
  }
}
