package import TesseraJOSE

/// What is said, and signed, about how far the chains of the audit log have come.
package struct AuditStatement: Sendable, Equatable {
  /// What it is for.
  package enum Kind: String, Sendable, CaseIterable {
    /// So far the chains went: what it names cannot go missing unnoticed.
    case checkpoint
    /// Up to here a chain was removed because of its age: it begins after this.
    case anchor
  }

  package let kind: Kind
  /// When it was said.
  package let time: Timestamp
  /// The last record of each chain that has any; of an anchor one only.
  package let heads: [AuditChain: AuditHead]

  package init(_ kind: Kind, at time: Timestamp, _ heads: [AuditChain: AuditHead]) {
    self.kind = kind
    self.time = time
    self.heads = heads
  }

  /// One line of words: what is signed is the UTF-8 of it.
  package var text: String {
    let chains = AuditChain.protecting.compactMap { chain in
      heads[chain].map { " \(chain.rawValue) \($0.number) \($0.hash.hexadecimal)" }
    }
    return "tessera-audit-1 \(kind.rawValue) \(time.milliseconds)" + chains.joined()
  }

  /// What `text` has made; nil for anything else.
  package init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 6, words.count.isMultiple(of: 3), words[0] == "tessera-audit-1",
      let kind = Kind(rawValue: String(words[1])), let time = Int64(words[2])
    else { return nil }
    var heads: [AuditChain: AuditHead] = [:]
    for index in stride(from: 3, to: words.count, by: 3) {
      guard let chain = AuditChain(rawValue: String(words[index])), chain != .none,
        let number = Int64(words[index + 1]), let hash = [UInt8](hexadecimal: words[index + 2])
      else { return nil }
      heads[chain] = AuditHead(number: number, hash: hash)
    }
    self.init(kind, at: Timestamp(milliseconds: time), heads)
    guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
  }
}

/// A signed statement as it is kept.
package struct AuditMark: Sendable, Equatable {
  /// Which one it is: there is one of each name, the latest.
  package let name: String
  /// The text of an `AuditStatement`.
  package let statement: String
  /// Ed25519 (RFC 8032) of that text, by a key of the master key.
  package let signature: [UInt8]

  package init(name: String, statement: String, signature: [UInt8]) {
    self.name = name
    self.statement = statement
    self.signature = signature
  }

  /// The statement and its signature in hexadecimal, on one line.
  package var text: String { "\(statement) \(signature.hexadecimal)" }

  /// What `text` of a checkpoint has made; nil for anything else.
  package init?(checkpoint text: String) {
    guard let space = text.lastIndex(of: " "),
      let signature = [UInt8](hexadecimal: text[text.index(after: space)...])
    else { return nil }
    self.init(name: AuditMark.checkpointName, statement: String(text[..<space]), signature: signature)
    guard AuditStatement(statement)?.kind == .checkpoint else { return nil }
  }

  /// The name of the checkpoint.
  package static let checkpointName = "checkpoint"

  /// The names that there are.
  package static let names = [checkpointName] + AuditChain.protecting.map(anchorName)

  /// The name of the anchor of a chain.
  package static func anchorName(of chain: AuditChain) -> String { "anchor \(chain.rawValue)" }
}
