/// How the stores of one kind are opened, which URLs of one scheme name.
///
/// Whatever runs is given a store that is open, and does not know which kind it is.
package struct StoreOpener: Sendable {
  /// The scheme of the URLs.
  package let scheme: String
  /// What the store of a data directory is called in it; nil for a kind that keeps its data elsewhere.
  package let fileName: String?
  /// The files that the store at such a place is in, the database itself first.
  ///
  /// Whoever can read them has everything.
  package let files: @Sendable (_ location: String) -> [String]
  /// What is shown of such a place, which may have a password in it; nil for what is no place.
  package let shown: @Sendable (_ location: String) -> String?
  /// Whether its stores can be told a password apart from their place.
  package let takesPassword: Bool
  private let body:
    @Sendable (_ location: String, _ password: StorePassword?, _ mayMake: Bool)
      async throws(StoreOpeningError)
      -> any Store

  /// How stores of one scheme are opened: `open` gets what stands after the scheme, makes a store where there is none if it
  /// may and else throws `absent`, and brings an older one up to date.
  package init(
    scheme: String,
    fileName: String? = nil,
    files: @escaping @Sendable (_ location: String) -> [String] = { _ in [] },
    shown: @escaping @Sendable (_ location: String) -> String? = { $0.isEmpty ? nil : $0 },
    open:
      @escaping @Sendable (_ location: String, _ mayMake: Bool) async throws(StoreOpeningError) -> any Store
  ) {
    self.scheme = scheme
    self.fileName = fileName
    self.files = files
    self.shown = shown
    takesPassword = false
    body = { location, _, mayMake throws(StoreOpeningError) in try await open(location, mayMake) }
  }

  /// The same for stores elsewhere, some of which want a password: `openByPassword` gets it where it is not in the place.
  package init(
    scheme: String,
    shown: @escaping @Sendable (_ location: String) -> String?,
    openByPassword:
      @escaping @Sendable (_ location: String, _ password: StorePassword?, _ mayMake: Bool)
      async throws(StoreOpeningError) -> any Store
  ) {
    self.scheme = scheme
    fileName = nil
    files = { _ in [] }
    self.shown = shown
    takesPassword = true
    body = openByPassword
  }

  /// Opens the store at this place.
  package func open(
    _ location: String,
    password: StorePassword? = nil,
    mayMake: Bool
  ) async throws(StoreOpeningError) -> any Store {
    try await body(location, password, mayMake)
  }
}

/// Reads the password of a store, anew for each connection, so that it can be changed while the server runs.
///
/// A failure is `failed`. No typed throw: Swift 6.3 crashes over optional closures with one.
package typealias StorePassword = @Sendable () -> Result<String, StoreOpeningError>

/// Why a store could not be opened.
package enum StoreOpeningError: Error, Sendable, Equatable {
  /// There is none, and none was to be made.
  case absent
  /// It cannot be reached now, in one line that says why; the same call may succeed later.
  case unreachable(String)
  /// In one line of the store's own, which tells an operator what to do.
  case failed(String)
}

/// Where a store is: a scheme, which says what kind it is, and what stands after it.
package struct StoreURL: Sendable, Equatable {
  /// In lower case.
  package let scheme: String
  /// What the opener of the scheme makes of it, such as a path.
  package let location: String

  package init(scheme: String, location: String) {
    self.scheme = scheme
    self.location = location
  }

  /// Nil when there is no scheme (RFC 3986 §3.1).
  package init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), text.first?.isLetter == true,
      text[..<colon].utf8.allSatisfy({ $0.isSchemeCharacter })
    else { return nil }
    self.init(scheme: text[..<colon].lowercased(), location: String(text[text.index(after: colon)...]))
  }
}

extension UInt8 {
  fileprivate var isSchemeCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension [StoreOpener] {
  /// What opens the store that a URL names; nil when no kind of store has its scheme.
  package func opener(of url: StoreURL) -> StoreOpener? {
    first { $0.scheme == url.scheme }
  }

  /// What is shown of a URL; nil when no store can be there.
  package func shown(_ url: StoreURL) -> String? {
    opener(of: url)?.shown(url.location).map { "\(url.scheme):\($0)" }
  }

  /// The store of a data directory, when no URL names another: of the first kind that has files.
  package func embeddedStore(in dataDirectory: String) -> StoreURL? {
    lazy.compactMap { opener in
      opener.fileName.map { StoreURL(scheme: opener.scheme, location: "\(dataDirectory)/\($0)") }
    }.first
  }
}
