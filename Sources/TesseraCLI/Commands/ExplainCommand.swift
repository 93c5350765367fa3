import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera explain`.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say step by step why a client would get a token or not, and what would change it.",
    discussion: """
      Nothing is sent and no token is made: the token endpoint is asked in this process, as if the client had sent the
      right secret. Limits on guesses, and what a client has used of its quota, are not looked at: each server counts for
      itself.
      """
  )

  @Option(help: ArgumentHelp("The client: its ID or its name.", valueName: "client"))
  var client: String

  @Option(name: .customLong("scope"), help: "A scope to ask for; may be repeated, or separated by commas.")
  var scopes: [String] = []

  @Option(name: .customLong("resource"), help: "An API to name (RFC 8707); may be repeated.")
  var resources: [String] = []

  @Option(help: "The IP address that the request comes from.")
  var address: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let request = ExplainedRequest(
      scopes: try scopes.scopes(of: .scopes),
      resources: try resources.map { text in
        guard let resource = Resource(text) else {
          throw ValidationError("'\(text)' is no API; it is an absolute URI or a plain name")
        }
        return resource
      },
      from: try address.map { text in
        guard let source = SourceAddress(text) else { throw ValidationError("'\(text)' is no IP address") }
        return source
      } ?? .unknown
    )
    try await global.withWorkspace { workspace in
      let explanation = try await workspace.explain(request, of: client)
      try workspace.print(text: explanation.text, json: explanation.json)
    }
  }
}

extension Workspace {
  fileprivate func explain(_ request: ExplainedRequest, of reference: String) async throws -> Explanation {
    let found: Client
    do throws(AdministrationError) {
      let match = try await administration.clientMatch(reference)
      if let note = match.note { Console.note(note) }
      found = match.found
    } catch .notFound(_, let reason) {
      return administration.explainUnknownClient(reference, reason)
    }
    return try await administration.explain(request, of: found, settings: configuration.replicaSettings)
  }
}

extension Explanation {
  fileprivate var text: String {
    var table = TextTable("", "STEP", "FINDING")
    let rows = steps.map { [$0.outcome.mark, $0.subject.rawValue, $0.finding] }
    var text = "\(heading)\n\n\(table.lines(of: rows))\n\n\(conclusion)"
    if let remedy = steps.first(where: \.isRefused)?.remedy { text += "\nTo change it: \(remedy.printable)" }
    return text
  }

  private var heading: String {
    "Client " + client.id.printable + (client.name.map { " (\($0.printable))" } ?? "")
  }

  private var conclusion: String {
    switch answer {
    case .granted where steps.contains(where: { $0.outcome == .depends }):
      "It gets a token from an address that it may ask from; --address looks at one."
    case .granted: "It gets a token."
    case .refused(let status, let code, let text): "It is refused: \(status) \(code), \"\(text)\"."
    }
  }
}

extension Explanation.Step.Outcome {
  fileprivate var mark: String {
    switch self {
    case .passed: "ok"
    case .refused: "NO"
    case .depends: "?"
    }
  }
}
