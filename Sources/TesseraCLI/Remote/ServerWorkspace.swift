import AsyncHTTPClient
import TesseraCore
import TesseraServer

/// What a command of administration works on: the store of this machine, or a server behind its management API.
struct ServerWorkspace: CommandOutput {
  /// Where what is asked is done.
  enum Place {
    case here(Workspace)
    case remote(RemoteAdministration)
  }

  let place: Place
  let administration: any AdministrativeActions
  let facts: ServerFacts
  let format: OutputFormat

  init(_ workspace: Workspace) {
    place = .here(workspace)
    administration = workspace.administration
    facts = workspace.configuration.facts(of: workspace.configuration.issuerInUse)
    format = workspace.format
  }

  init(_ remote: RemoteAdministration, format: OutputFormat) {
    place = .remote(remote)
    administration = remote
    facts = remote.facts
    self.format = format
  }

  /// The token endpoint that is shown to people.
  var tokenEndpoint: ChosenTokenEndpoint {
    ChosenTokenEndpoint(path: facts.tokenEndpointPath, scopeSeparator: facts.scopeSeparator)
  }

  /// The client that is meant by an ID or a name; when it could have been another, that is said.
  func client(_ reference: String) async throws -> Client {
    let match = try await administration.clientMatch(reference)
    if let note = match.note { Console.note(note) }
    return match.found
  }

  /// What a token says, and whether it is valid now.
  func inspect(_ text: String) async throws -> InspectedToken {
    switch place {
    case .here(let workspace): return try await workspace.inspect(text)
    case .remote(let remote):
      do {
        return try await remote.inspectToken(text)
      } catch AdministrationError.invalid {
        throw CommandFailure.noToken(of: facts.issuer)
      }
    }
  }

  /// Why the server refused a request, as JSON text.
  func decision(_ requestID: String) async throws -> [UInt8] {
    switch place {
    case .here(let workspace):
      try await ManagementRequest(path: "/decisions/\(requestID)").answer(in: workspace)
    case .remote(let remote): try await remote.api.text("decisions/\(requestID)")
    }
  }

  /// How telling others of events stands: whom the configuration of this machine names, or that of the server.
  func deliveryStatuses() async throws -> [DeliveryStatus] {
    switch place {
    case .here(let workspace):
      try await workspace.administration.deliveryStatuses(of: workspace.configuration.subscriptions)
    case .remote(let remote): try await remote.deliveryStatuses()
    }
  }

  /// Sends an event that says nothing to everybody who is told of events.
  func testDeliveries() async throws -> [TestedDelivery] {
    switch place {
    case .here(let workspace):
      try await workspace.configuration.testDeliveries(
        from: workspace.configuration.issuerInUse,
        by: workspace.administration
      )
    case .remote(let remote): try await remote.testDeliveries()
    }
  }

  /// What the server would answer to a client, and why.
  func explain(_ request: ExplainedRequest, of client: Client) async throws -> Explanation {
    switch place {
    case .here(let workspace):
      try await workspace.administration.explain(
        request,
        of: client,
        settings: workspace.configuration.replicaSettings
      )
    case .remote(let remote): try await remote.explain(request, of: client)
    }
  }
}

extension GlobalOptions {
  /// Runs a command of administration: on the data directory, which is closed afterwards, or through the API.
  func administer(_ body: (ServerWorkspace) async throws -> Void) async throws {
    guard let server = remote.server, let file = remote.credentials else {
      return try await withWorkspace { try await body(ServerWorkspace($0)) }
    }
    let credentials = try OperatorCredentials(file: file)
    let configuration = try HTTPClient.Configuration(trusting: remote.cacert)
    try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      let api = try await APIConnection(client, server: server, credentials, authorities: remote.cacert)
      try await body(ServerWorkspace(RemoteAdministration(api), format: format))
    }
  }
}
