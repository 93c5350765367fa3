/// A client as another service had it.
package struct ForeignClient: Sendable {
  /// Where it stands in the file, such as `line 12`.
  package let place: String
  /// Its identifier, unchecked.
  package let id: String
  /// What it is called; nil where only its identifier says so.
  package var name: String?
  /// What it may ask for, unchecked.
  package var scopes: [String] = []
  /// What of this it gets when it asks for nothing.
  package var defaultScopes: [String] = []
  /// How long its tokens live, in seconds; nil where the service decides.
  package var tokenLifetime: Int?
  /// Whether it gets tokens.
  package var isEnabled = true
  /// What the file has of its secret.
  package var secret = Secret.missing("the file has no secret of it")
  /// Why it is no client that could be one here; nil when it may be.
  package var objection: String?
  /// What of it is left behind.
  package var remarks: [String] = []

  /// What a file has of a secret.
  package enum Secret: Sendable {
    case clear(ClientSecret)
    /// In a form that `ForeignHash` reads.
    case hash(ForeignHash)
    /// Nothing of use, and why.
    case missing(String)

    /// A secret in clear, unchecked.
    package init(clear text: String) {
      guard let secret = ClientSecret(takenOver: text) else {
        self = .missing("its secret has more than 255 bytes or control characters")
        return
      }
      self = .clear(secret)
    }

    /// The hash of a secret, unchecked.
    package init(hash text: String) {
      do throws(ForeignHash.Problem) {
        let hash = try ForeignHash(text)
        self =
          hash.hashing.isComputable
          ? .hash(hash) : .missing("\(hash.hashing.name) is not computed on this system")
      } catch {
        self = .missing("the hash of its secret is not taken: \(error)")
      }
    }
  }

  package init(place: String, id: String) {
    self.place = place
    self.id = id
  }
}

/// How clients are taken over from another service.
package struct ClientImport: Sendable {
  /// Which service they come from, for the audit log.
  package let source: String
  /// The scopes that each may ask for besides its own.
  package var addedScopes: [Scope] = []
  /// The API that scopes are made for which there are none of; nil where none is to be made.
  package var resourceOfNewScopes: Resource?
  /// The format of their tokens.
  package var tokenFormat = TokenFormat.opaque
  /// Whether all is left as it is, and only said what would be done.
  package var isDryRun = false

  package init(from source: String) {
    self.source = source
  }
}

/// What came of it.
package struct ImportReport: Sendable {
  /// Something about one client.
  package struct Remark: Sendable {
    package let place: String
    package let clientID: String
    package let name: String?
    package let text: String

    init(_ client: ForeignClient, _ text: String) {
      self.init(place: client.place, clientID: client.id, name: client.name, text: text)
    }

    init(place: String, clientID: String, name: String?, text: String) {
      self.place = place
      self.clientID = clientID
      self.name = name
      self.text = text
    }
  }

  /// How many clients the file has.
  package let found: Int
  /// How many are here now, or would be.
  package internal(set) var takenOver = 0
  /// How many were here before, the same.
  package internal(set) var alreadyHere = 0
  /// The clients that were not taken over, each with the reason.
  package internal(set) var refused: [Remark] = []
  /// What of the others was left behind, or should be looked at.
  package internal(set) var remarks: [Remark] = []
  /// The scopes that were made, or would be.
  package internal(set) var newScopes: [Scope] = []

  init(found: Int) {
    self.found = found
  }
}
