/// What files say that there is to be: resources, scopes and clients.
package struct Declaration: Sendable {
  /// What is declared of each kind, in the order of the files; nothing for a kind that they do not list.
  package var entries: [DeclaredKind: [DeclaredEntry]]

  package init(_ entries: [DeclaredKind: [DeclaredEntry]] = [:]) {
    self.entries = entries
  }

  /// Adds what another file says.
  package mutating func add(_ other: Declaration) {
    entries.merge(other.entries) { $0 + $1 }
  }

  /// Throws when two clients have one identifier or one name: of all that can be wrong, what the places of two say.
  package func checkClients() throws(DeclarationError) {
    _ = try DeclaredClients(entries[.clients], pruning: false)
  }
}

/// What can be declared, by the name of its list in a file.
package enum DeclaredKind: String, Sendable, CaseIterable {
  case resources
  case scopes
  case clients

  /// One of them, for people.
  package var noun: String { String(rawValue.dropLast()) }

  /// The member by which one is told from others.
  package var identifier: String { self == .resources ? "uri" : "name" }

  /// What can be said of one, in the order in which it is written.
  package var members: [DeclaredMember] {
    switch self {
    case .resources:
      [DeclaredMember(identifier, .text, isRequired: true)] + ResourceDefinition.declaredFields.map(\.member)
    case .scopes:
      [DeclaredMember(identifier, .text, isRequired: true)] + ScopeDefinition.declaredFields.map(\.member)
    case .clients:
      [
        DeclaredMember(identifier, .text, isRequired: true), DeclaredMember("client_id", .text),
        DeclaredMember("secret", .choice(["generated", "none"])),
      ] + Client.declaredFields.map(\.member)
    }
  }
}

/// A member of an entry.
package struct DeclaredMember: Sendable {
  package let name: String
  package let kind: DeclaredValue.Kind
  package let isRequired: Bool

  init(_ name: String, _ kind: DeclaredValue.Kind, isRequired: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
  }
}

/// One resource, scope or client in a file.
package struct DeclaredEntry: Sendable {
  /// A value and where it is.
  package struct Member: Sendable {
    package let value: DeclaredValue
    package let place: DeclaredPlace

    package init(_ value: DeclaredValue, at place: DeclaredPlace) {
      self.value = value
      self.place = place
    }
  }

  /// Where it begins.
  package let place: DeclaredPlace
  /// What it says, by name: each member of the kind that `DeclaredKind.members` says.
  package let members: [String: Member]

  package init(_ members: [String: Member], at place: DeclaredPlace) {
    self.members = members
    self.place = place
  }

  func text(_ name: String) -> String? {
    guard case .text(let text) = members[name]?.value else { return nil }
    return text
  }

  /// Where a member is, or the entry when it is not said.
  func place(of name: String) -> DeclaredPlace { members[name]?.place ?? place }

  /// Runs this, and says where the member is whose value it refuses.
  func located<Value>(
    _ name: String,
    _ body: () throws(AdministrationError) -> Value
  ) throws(DeclarationError) -> Value {
    do throws(AdministrationError) {
      return try body()
    } catch {
      throw DeclarationError(at: place(of: name), error.description)
    }
  }
}

/// A place in what declares something.
package struct DeclaredPlace: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// One in a file; lines and columns are counted from 1.
  package init(file: String, line: Int, column: Int) {
    description = "\(file):\(line):\(column)"
  }

  /// One in a JSON document, as a JSON Pointer (RFC 6901).
  package init(pointer: String) {
    description = pointer
  }
}

/// Why what files say cannot be done.
package struct DeclarationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where it is; nil for a whole file, or for something that is in none.
  package let place: DeclaredPlace?
  package let text: String

  package var description: String { place.map { "\($0): \(text)" } ?? text }

  package init(at place: DeclaredPlace, _ text: String) {
    self.place = place
    self.text = text
  }

  /// One of a whole file, or of something that is in none.
  package init(_ text: String) {
    place = nil
    self.text = text
  }
}
