import TesseraCore
import Yams

/// Makes a declaration of the nodes of a file.
struct DeclarationReader {
  private let file: String
  /// What a value is when no tag says what it is to be taken for.
  private let usualTags = [Tag(.implicit), Tag(.nonSpecific), Tag(.str), Tag(.seq), Tag(.map)]

  init(file: String) {
    self.file = file
  }

  func declaration(_ root: Node?) throws(DeclarationError) -> Declaration {
    guard let root, !root.isPlain("") else {
      throw DeclarationError("\(file): this declares nothing; a file without clients says 'clients: []'")
    }
    let kinds = DeclaredKind.allCases.map(\.rawValue)
    var entries: [DeclaredKind: [DeclaredEntry]] = [:]
    for (name, key, value) in try members(
      of: root,
      "a file has to have lists: \(kinds.joined(separator: ", "))"
    ) {
      guard let kind = DeclaredKind(rawValue: name) else { throw unknown(name, among: kinds, at: key) }
      entries[kind] = try elements(of: value, "\(name) has to be a list").map {
        node throws(DeclarationError) in
        try entry(node, of: kind)
      }
    }
    return Declaration(entries)
  }

  private func entry(_ node: Node, of kind: DeclaredKind) throws(DeclarationError) -> DeclaredEntry {
    let known = kind.members
    var members: [String: DeclaredEntry.Member] = [:]
    for (name, key, value) in try self.members(of: node, "a \(kind.noun) has to have names and values") {
      guard let member = known.first(where: { $0.name == name }) else {
        throw unknown(name, among: known.map(\.name), at: key)
      }
      let read = try self.value(value, of: member)
      members[name] = DeclaredEntry.Member(read, at: place(of: value, else: key))
    }
    if let missing = known.first(where: { $0.isRequired && members[$0.name] == nil }) {
      throw DeclarationError(at: place(of: node), "this \(kind.noun) has no \(missing.name)")
    }
    return DeclaredEntry(members, at: place(of: node))
  }

  private func value(_ node: Node, of member: DeclaredMember) throws(DeclarationError) -> DeclaredValue {
    try checkIsPlain(node)
    switch member.kind {
    case .text: return .text(try text(node, member.name))
    case .choice(let choices):
      let text = try text(node, member.name)
      guard choices.contains(text) else {
        throw error("\(member.name) has to be one of \(choices.joined(separator: ", "))", at: node)
      }
      return .text(text)
    case .texts:
      let nodes = try elements(of: node, "\(member.name) has to be a list, such as [a, b]")
      return .texts(
        try nodes.map { node throws(DeclarationError) in
          try checkIsPlain(node)
          return try text(node, "each of \(member.name)")
        }
      )
    case .map:
      var values: [String: String] = [:]
      for (name, _, value) in try members(of: node, "\(member.name) has to have names and values") {
        try checkIsPlain(value)
        values[name] = try text(value, "\(member.name).\(name)")
      }
      return .map(values)
    case .integer:
      guard let scalar = node.scalar, scalar.style == .plain, let number = Int(scalar.string),
        scalar.string == String(number)
      else { throw error("\(member.name) has to be a whole number", at: node) }
      return .integer(number)
    case .boolean:
      guard let scalar = node.scalar, scalar.style == .plain, let isTrue = Bool(scalar.string) else {
        throw error("\(member.name) has to be true or false", at: node)
      }
      return .boolean(isTrue)
    }
  }

  /// A text that no reader of YAML takes for anything else.
  private func text(_ node: Node, _ name: String) throws(DeclarationError) -> String {
    guard let scalar = node.scalar else { throw error("\(name) has to be a text", at: node) }
    guard scalar.style == .plain, let other = PlainText.meaning(of: scalar.string) else {
      return scalar.string
    }
    throw error(
      "\(name) has to be a text, and this is \(other): leave it out, or put a text in quotes",
      at: node
    )
  }

  private func elements(of node: Node, _ problem: String) throws(DeclarationError) -> [Node] {
    try checkIsPlain(node)
    // A list whose elements are all commented out.
    if node.isPlain("") { return [] }
    guard let sequence = node.sequence else { throw error(problem, at: node) }
    return Array(sequence)
  }

  private func members(
    of node: Node,
    _ problem: String
  ) throws(DeclarationError) -> [(name: String, key: Node, value: Node)] {
    try checkIsPlain(node)
    guard let mapping = node.mapping else { throw error(problem, at: node) }
    var members: [(String, Node, Node)] = []
    for (key, value) in mapping {
      try checkIsPlain(key)
      guard let name = key.scalar?.string else { throw error("a name has to be a text", at: key) }
      members.append((name, key, value))
    }
    return members
  }

  /// Throws for an anchor, for what an alias stands for, and for a tag that says what a value is to be taken for.
  private func checkIsPlain(_ node: Node) throws(DeclarationError) {
    guard node.anchor == nil else { throw .alias(at: place(of: node)) }
    guard usualTags.contains(node.tag) else { throw error("a tag (!) is not taken", at: node) }
  }

  private func unknown(_ name: String, among known: [String], at key: Node) -> DeclarationError {
    let meant = NearestName.find(name, among: known).map { "'\($0)' was meant, perhaps" }
    let choices = "there are: \(known.joined(separator: ", "))"
    return error("there is no '\(String(name.prefix(100)))'; \(meant ?? choices)", at: key)
  }

  private func error(_ text: String, at node: Node) -> DeclarationError {
    DeclarationError(at: place(of: node), text)
  }

  /// An empty value has no place of its own where it is left out at the end of a file.
  private func place(of node: Node, else key: Node? = nil) -> DeclaredPlace {
    let mark = node.mark ?? key?.mark
    return DeclaredPlace(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

extension Node {
  /// Whether it is this text, without quotes.
  fileprivate func isPlain(_ text: String) -> Bool {
    scalar.map { $0.style == .plain && $0.string == text } ?? false
  }
}
