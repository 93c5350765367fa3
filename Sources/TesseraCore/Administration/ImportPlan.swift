import TesseraJOSE

/// What is done about each client of a file, in its order, decided without a store.
struct ImportPlan: Sendable {
  /// The most scopes that one import makes.
  private static let maximumNewScopes = 1000

  /// What of a client that is here decides whether it is the same.
  struct Known: Sendable {
    let name: String
    let scopes: ScopeSet
  }

  let settings: ClientImport
  let lifetime: TokenLifetime
  let now: Timestamp
  /// The scopes that can be granted, and those that cannot any more.
  let granted: Set<Scope>
  let retired: Set<Scope>
  /// The clients that are here already, of those with an identifier or a name of the file.
  var known: [ClientID: Known] = [:]
  var names: Set<String> = []
  private(set) var newScopes: [Scope] = []
  private(set) var report: ImportReport

  init(
    _ settings: ClientImport,
    found: Int,
    lifetime: TokenLifetime,
    now: Timestamp,
    granted: Set<Scope>,
    retired: Set<Scope>
  ) {
    (self.settings, self.lifetime, self.now) = (settings, lifetime, now)
    (self.granted, self.retired) = (granted, retired)
    report = ImportReport(found: found)
  }

  /// The client to register, without its secret; nil where it is not taken over, or here already.
  mutating func take(_ found: ForeignClient) throws(AdministrationError) -> Client? {
    if let objection = found.objection { return refuse(found, objection) }
    let (id, name): (ClientID, DisplayName)
    do throws(AdministrationError) {
      (id, name) = (try ClientID(new: found.id), try DisplayName(found.name ?? found.id, of: .name))
    } catch {
      return refuse(found, error.description)
    }
    var remarks = found.remarks
    let scopes = try scopes(of: found, &remarks)
    if let there = known[id] {
      if there.name == name.text, Set(there.scopes.scopes) == Set(scopes) {
        report.alreadyHere += 1
        return nil
      }
      return refuse(found, "there is a client with this ID already, '\(there.name)', and it is not the same")
    }
    guard !scopes.isEmpty else {
      return refuse(
        found,
        "it has no scope that there is here; --scope gives it one" + ImportPlan.list(remarks)
      )
    }
    guard scopes.count <= ScopeSet.maximumCount else {
      return refuse(found, "it has \(scopes.count) scopes, and a client has at most \(ScopeSet.maximumCount)")
    }
    guard names.insert(Name.key(of: name.text)).inserted else {
      return refuse(found, "another client is called '\(name)'; give one of them another name")
    }
    var seconds = found.tokenLifetime
    if let given = seconds, !(TokenLifetime.shortest...lifetime.longest).contains(given) {
      remarks.append(
        "its token lifetime of \(given) s is not one of \(TokenLifetime.shortest) to \(lifetime.longest) s"
      )
      seconds = nil
    }
    for remark in remarks { report.remarks.append(.init(found, remark)) }
    return Client(
      id: id,
      name: name.text,
      scopes: ScopeSet(scopes),
      defaultScopes: ScopeSet(scopes.filter { found.defaultScopes.contains($0.name) }),
      tokenFormat: settings.tokenFormat,
      tokenLifetime: seconds,
      isEnabled: found.isEnabled,
      createdAt: now
    )
  }

  /// The scopes that a client has here, each once.
  private mutating func scopes(
    of found: ForeignClient,
    _ remarks: inout [String]
  ) throws(AdministrationError) -> [Scope] {
    var scopes: [Scope] = []
    for name in found.scopes {
      guard let scope = Scope(name) else {
        remarks.append("the scope '\(name)' cannot be one here")
        continue
      }
      if scopes.contains(scope) { continue }
      if granted.contains(scope) || newScopes.contains(scope) {
        scopes.append(scope)
      } else if retired.contains(scope) {
        remarks.append("the scope '\(scope)' is retired here")
      } else if settings.resourceOfNewScopes == nil {
        remarks.append("there is no scope '\(scope)'")
      } else {
        guard newScopes.count < ImportPlan.maximumNewScopes else {
          throw .invalid(
            .scopes,
            "the file has more than \(ImportPlan.maximumNewScopes) scopes that there are none of"
          )
        }
        newScopes.append(scope)
        scopes.append(scope)
      }
    }
    for scope in settings.addedScopes where !scopes.contains(scope) { scopes.append(scope) }
    return scopes
  }

  private static func list(_ remarks: [String]) -> String {
    remarks.isEmpty ? "" : " (" + remarks.joined(separator: "; ") + ")"
  }

  /// Notes that a client is not taken over.
  mutating func refuse(_ found: ForeignClient, _ reason: String) -> Client? {
    report.refused.append(.init(found, reason))
    return nil
  }

  /// Notes something about a client that is.
  mutating func remark(_ found: ForeignClient, _ text: String) {
    report.remarks.append(.init(found, text))
  }
}
