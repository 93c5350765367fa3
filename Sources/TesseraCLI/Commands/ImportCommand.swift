import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera import`.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over clients from another service, with their IDs and secrets.",
    discussion: """
      hydra: JSON of 'hydra list oauth2-clients', or rows of hydra_client, which have the hashes of secrets.
      keycloak: the export of a realm, or of 'kcadm.sh get clients'.
      auth0: clients of the Management API, and client grants.
      csv: client_id,name,scopes,default_scopes,secret,secret_hash,token_lifetime,enabled.

      Clients that use the client credentials grant are taken over, the others are listed with the reason. Each is written
      by itself: when this ends early, run it again, and it goes on where it stopped. docs/moving.md has the steps.
      """
  )

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Where the clients come from.")
  var source: ImportSource

  @Argument(help: "The file; - for standard input.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "The client grants of Auth0, where they are in a file of their own.",
      valueName: "file"
    ),
    completion: .file()
  )
  var clientGrants: String?

  @Option(
    name: .customLong("scope"),
    help: "A scope that each client gets besides its own; may be repeated, or separated by commas."
  )
  var scopes: [String] = []

  @Flag(help: "Create the scopes that there are none of; they belong to the API of --resource.")
  var createScopes = false

  @Option(help: ArgumentHelp("The API that created scopes belong to.", valueName: "uri"))
  var resource: String?

  @Option(help: "The format of their tokens: opaque, or jwt for APIs that verify offline.")
  var tokenFormat = TokenFormat.opaque

  @Flag(help: "Change nothing, and say what would be done.")
  var dryRun = false

  func validate() throws {
    guard createScopes == (resource != nil) else {
      throw ValidationError("--create-scopes and --resource need each other")
    }
    guard clientGrants == nil || source == .auth0 else {
      throw ValidationError("--client-grants is for auth0")
    }
    guard clientGrants != "-" || file != "-" else {
      throw ValidationError("one of the two files can be standard input, not both")
    }
  }

  func run() async throws {
    var settings = ClientImport(from: source.rawValue)
    settings.addedScopes = try scopes.scopes(of: .scopes)
    settings.resourceOfNewScopes = try resource.map { try Resource(existing: $0) }
    settings.tokenFormat = tokenFormat
    settings.isDryRun = dryRun
    let bytes = try ImportFile.read(file)
    let grants = try clientGrants.map { try ImportFile.read($0) }
    let foreign: ForeignFile
    do throws(ImportFileError) {
      foreign = ForeignFile(
        source: source,
        bytes: bytes,
        grants: grants,
        clients: try source.clients(in: bytes, grants: grants)
      )
    } catch {
      throw CommandFailure("\(file == "-" ? "standard input" : file): \(error); nothing was imported", .usage)
    }
    let progress = ProgressLines()
    try await global.administer { [settings] workspace in
      let report = try await workspace.administration.takeOver(foreign, settings) {
        if !settings.isDryRun { progress.report("registered", $0, of: foreign.clients.count) }
      }
      try workspace.print(
        text: report.text(isDryRun: settings.isDryRun),
        json: ImportRepresentation(report, isDryRun: settings.isDryRun).json
      )
    }
  }
}

extension ImportSource: ExpressibleByArgument {}

/// How the report is shown.
extension ImportReport {
  fileprivate func text(isDryRun: Bool) -> String {
    var text = TextTable.fields([
      "clients in the file": String(found),
      isDryRun ? "would be taken over" : "taken over": String(takenOver),
      "here already": String(alreadyHere),
      "not taken over": String(refused.count),
      isDryRun ? "scopes to be created" : "scopes created":
        newScopes.isEmpty ? nil : newScopes.map(\.name).joined(separator: ", "),
    ])
    var table = TextTable("PLACE", "CLIENT ID", "NOT TAKEN OVER, BECAUSE")
    if !refused.isEmpty { text += "\n\n" + table.lines(of: refused.map(\.row)) }
    table = TextTable("PLACE", "CLIENT ID", "TO LOOK AT")
    if !remarks.isEmpty { text += "\n\n" + table.lines(of: remarks.map(\.row)) }
    return text
  }
}

extension ImportReport.Remark {
  fileprivate var row: [String] { [place, clientID, text] }
}
