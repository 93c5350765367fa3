/// What has to be done for there to be what is declared.
package struct DeclarationPlan: Sendable {
  /// What is done to one thing.
  package struct Change: Sendable {
    package enum Action: String, Sendable, CaseIterable {
      case create, update, retire, delete
    }

    /// What it is, in full.
    enum Step: Sendable {
      case resource(from: ResourceDefinition?, to: ResourceDefinition)
      case scope(from: ScopeDefinition?, to: ScopeDefinition)
      case client(from: Client?, to: Client, makesSecret: Bool)
      case removal(of: Client)
    }

    package let action: Action
    package let kind: DeclaredKind
    /// What it is called: the name, or the URI of a resource.
    package let name: String
    /// The values that change, in the order of their fields.
    package let differences: [Difference]
    /// Whether the identifier of a client is said, or has been given to it already.
    let hasKnownID: Bool
    let step: Step

    /// The client that there is then, or was; nil for other things.
    package var client: Client? {
      switch step {
      case .client(_, let client, _), .removal(let client): client
      default: nil
      }
    }

    /// The identifier of the client; nil while it is not known, and for other things.
    package var clientID: ClientID? { hasKnownID ? client?.id : nil }
  }

  /// A value that changes.
  package struct Difference: Sendable, Equatable {
    package let name: String
    /// Nil when there was none.
    package let before: DeclaredValue?
    /// Nil when there is none any more.
    package let after: DeclaredValue?
  }

  /// What there is and no file lists, of one kind.
  package struct Unlisted: Sendable, Equatable {
    /// How many names are kept.
    private static let shown = 10

    package private(set) var count = 0
    /// The names of the first of them.
    package private(set) var names: [String] = []

    package init() {}

    /// `names` are those of the first of `count`.
    init(count: Int, names: [String]) {
      self.count = count
      self.names = names
    }

    mutating func add(_ name: String) {
      count += 1
      if names.count < Unlisted.shown { names.append(name) }
    }
  }

  /// In the order in which they are made.
  package let changes: [Change]
  /// What is left alone.
  package let unlisted: [DeclaredKind: Unlisted]
  /// All scopes that it was decided by.
  let scopes: [ScopeDefinition]
  /// All resources that it was decided by.
  let resources: [ResourceDefinition]
}
