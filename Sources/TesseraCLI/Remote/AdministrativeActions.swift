import TesseraCore
import TesseraJOSE

/// What the commands of administration do and look at, on the store of this machine or through the management API.
///
/// A command that uses it works in both places.
protocol AdministrativeActions: Sendable {
  // MARK: Clients

  func clients(
    passing filter: ClientFilter,
    after id: ClientID?,
    limit: Int
  ) async throws -> Administration.Page<Client, ClientID>
  func usageOfLastDay(of client: Client) async throws -> LastDay
  func clientMatch(_ reference: String) async throws -> Match<Client>
  func registerClient(
    _ registration: ClientRegistration
  ) async throws -> (client: Client, secret: ClientSecret?)
  func createOperator(
    named name: DisplayName,
    role: OperatorRole,
    secretLifetime: SecretLifetime?
  ) async throws -> (client: Client, secret: ClientSecret?)
  func updateClient(_ id: ClientID, _ update: ClientUpdate) async throws -> Client
  func setClient(
    _ id: ClientID,
    enabled: Bool,
    keepingTokens: Bool,
    ifVersion version: Int?
  ) async throws -> Client
  func deleteClient(_ client: Client, ifVersion version: Int?) async throws
  func revokeTokens(of id: ClientID) async throws -> Client
  func grantType(named name: String) throws -> GrantType

  // MARK: Secrets

  func secrets(of client: Client) async throws -> [(secret: StoredSecret, use: SecretUse?)]
  func addSecret(
    to id: ClientID,
    named name: DisplayName,
    imported: ClientSecret?,
    lifetime: SecretLifetime?
  ) async throws -> (stored: StoredSecret, secret: ClientSecret)
  func revokeSecret(named name: String, of id: ClientID, revokingTokens: Bool) async throws

  // MARK: Keys of clients

  func keys(of client: Client) async throws -> [(key: ClientKey, use: SecretUse?)]
  func addKeys(_ keys: [NewClientKey], to id: ClientID) async throws -> [ClientKey]
  func removeKey(named name: String, of id: ClientID, revokingTokens: Bool) async throws

  // MARK: Platforms that vouch for clients

  func trusts(of client: Client) async throws -> [(trust: ClientTrust, use: SecretUse?)]
  func addTrust(_ new: NewClientTrust, to id: ClientID) async throws -> ClientTrust
  func removeTrust(named name: String, of id: ClientID, revokingTokens: Bool) async throws

  // MARK: Scopes and resources

  func scopes() async throws -> [ScopeDefinition]
  func scope(named name: String) async throws -> ScopeDefinition
  func createScope(
    _ scope: Scope,
    description: DisplayName,
    resource: Resource
  ) async throws -> ScopeDefinition
  func retireScope(_ scope: Scope, revokingTokens: Bool) async throws
  func resources() async throws -> [ResourceDefinition]
  func resource(_ uri: String) async throws -> ResourceDefinition
  func createResource(
    _ resource: Resource,
    description: DisplayName,
    tokenFormat: TokenFormat?,
    signingAlgorithm: SigningAlgorithm?,
    jwtType: JWTType
  ) async throws -> ResourceDefinition
  func updateResource(_ resource: Resource, _ update: ResourceUpdate) async throws -> ResourceDefinition
  func retireResource(_ resource: Resource, revokingTokens: Bool, ifVersion version: Int?) async throws

  // MARK: Keys and tokens

  func keys() async throws -> [Administration.KeySummary]
  func key(numbered number: UInt16) async throws -> Administration.KeySummary
  func keyUses(_ named: [KeyUse]) async throws -> [KeyUse]
  func rotateKeys(for uses: [KeyUse], now: Bool) async throws -> [WrappedKey]
  func destroyKey(_ number: UInt16) async throws -> Administration.Destruction
  func revokeToken(_ token: ShownToken) async throws
  func revokeAllTokens() async throws

  // MARK: The audit log

  func auditRecords(
    before number: Int64?,
    subject: String?,
    limit: Int
  ) async throws -> Administration.Page<AuditRecord, Int64>
  func auditSubject(_ reference: String) async throws -> Match<String>
  func verifyAudit(against known: [AuditMark]) async throws -> (result: AuditVerification, publicKey: [UInt8])
  /// Writes lines of JSON, each with its newline.
  func exportAudit(after number: Int64, _ write: (String) throws -> Void) async throws

  // MARK: Usage

  func usage(of id: ClientID?, in hours: Range<UsageHour>) async throws -> [ClientUsage]
  /// Writes what each client came to, some at a time.
  func usageTotals(
    in hours: Range<UsageHour>,
    _ write: ([UsageTotalRepresentation]) throws -> Void
  ) async throws
  /// Writes what nobody used for so many days, some at a time, scopes first.
  func unused(days: Int, _ write: ([Unused]) throws -> Void) async throws

  // MARK: All that there is

  func planned(_ declaration: Declaration, pruning: Bool) async throws -> PlannedDeclaration
  /// Writes what there is as it would be declared, some at a time and in the order of the kinds; returns how many operators
  /// were left out.
  func exportEntries(_ write: ([ExportedEntry]) throws -> Void) async throws -> Int
  func takeOver(
    _ file: ForeignFile,
    _ settings: ClientImport,
    progress: (_ done: Int) -> Void
  ) async throws -> ImportReport
}

extension Administration: AdministrativeActions {
  func usageOfLastDay(of client: Client) async throws -> LastDay {
    LastDay(try await lastDay(of: client))
  }

  func revokeToken(_ token: ShownToken) async throws {
    try await revokeToken(token.opened)
  }

  func verifyAudit(
    against known: [AuditMark]
  ) async throws -> (result: AuditVerification, publicKey: [UInt8]) {
    (try await auditLog.verify(against: known), auditLog.publicKey)
  }

  func exportAudit(after number: Int64, _ write: (String) throws -> Void) async throws {
    let log = auditLog
    // So that the end cannot be cut. Where the log was altered nothing is signed, and it is for whoever verifies it.
    _ = try? await log.sign()
    let marks = try await log.export(after: number) { records in
      for record in records { try write(AuditRepresentation(record).json.text() + "\n") }
    }
    for mark in marks {
      try write(AuditMarkRepresentation(mark, publicKey: log.publicKey).json.text() + "\n")
    }
  }

  private static var pageSize: Int { 500 }

  func usageTotals(
    in hours: Range<UsageHour>,
    _ write: ([UsageTotalRepresentation]) throws -> Void
  ) async throws {
    var last: ClientID?
    repeat {
      let page = try await usageTotals(in: hours, after: last, limit: Administration.pageSize)
      try write(page.elements.map(UsageTotalRepresentation.init))
      last = page.next
    } while last != nil
  }

  func unused(days: Int, _ write: ([Unused]) throws -> Void) async throws {
    try write(try await unusedScopes(days: days))
    var last: ClientID?
    repeat {
      let (found, next) = try await unusedClients(days: days, after: last, limit: Administration.pageSize)
      try write(found)
      last = next
    } while last != nil
  }

  func planned(_ declaration: Declaration, pruning: Bool) async throws -> PlannedDeclaration {
    let plan = try await plan(declaration, pruning: pruning)
    return PlannedDeclaration(plan: ShownPlan(plan, isDone: false)) { folder in
      let changes = try await changes(for: plan)
      let secrets = try NewSecretFiles(changes.secrets, in: folder)
      do {
        try await apply(changes)
      } catch {
        try secrets.discard(because: error)
      }
      return (ShownPlan(plan, isDone: true), secrets)
    }
  }

  func exportEntries(_ write: ([ExportedEntry]) throws -> Void) async throws -> Int {
    try await export { kind, entries in try write(entries.map { ExportedEntry(kind, $0) }) }
  }

  func takeOver(
    _ file: ForeignFile,
    _ settings: ClientImport,
    progress: (_ done: Int) -> Void
  ) async throws -> ImportReport {
    try await importClients(file.clients, settings, progress: progress)
  }
}

/// What would be done for there to be what is declared, and how it is, where it was planned.
struct PlannedDeclaration {
  let plan: ShownPlan
  /// Does it, all or nothing; new secrets go to files in the folder, where one is given.
  let carryOut: (_ folder: String?) async throws -> (done: ShownPlan, secrets: NewSecretFiles)
}

/// A file of clients of another service, with what was read from it.
struct ForeignFile {
  let source: ImportSource
  let bytes: [UInt8]
  /// The second file, which Auth0 can need.
  let grants: [UInt8]?
  let clients: [ForeignClient]
}

/// A token as it was given, with what it says.
struct ShownToken {
  let text: String
  let opened: OpenedToken
}
