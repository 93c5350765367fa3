import ArgumentParser
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera explain`.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say step by step why a client would get a token or not, and what would change it.",
    discussion: """
      With --client nothing is sent and no token is made: the token endpoint is asked in this process, as if the client
      had sent the right secret. Limits on guesses, and what a client has used of its quota, are not looked at: each server
      counts for itself.

      With --request-id the server that runs on this data directory is asked why it refused that request. The ID is in
      the X-Request-Id of the answer and in the line of the log. A server remembers the latest refused requests until it
      stops; of several on one database, each remembers its own.
      """
  )

  @Option(help: ArgumentHelp("The client: its ID or its name.", valueName: "client"))
  var client: String?

  @Option(
    name: .customLong("request-id"),
    help: ArgumentHelp("A request that was refused, instead of a client.", valueName: "id")
  )
  var requestID: String?

  @Option(name: .customLong("scope"), help: "A scope to ask for; may be repeated, or separated by commas.")
  var scopes: [String] = []

  @Option(name: .customLong("resource"), help: "An API to name (RFC 8707); may be repeated.")
  var resources: [String] = []

  @Option(help: "The IP address that the request comes from.")
  var address: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (client == nil) != (requestID == nil) else {
      throw ValidationError("one of --client and --request-id is needed, and not both")
    }
    guard let requestID else { return }
    guard scopes.isEmpty, resources.isEmpty, address == nil else {
      throw ValidationError("--scope, --resource and --address belong to --client: a request has its own")
    }
    guard requestID.wholeMatch(of: /[a-z0-9]{1,16}-[0-9]{1,18}/) != nil else {
      throw ValidationError("'\(requestID.prefix(64))' is no request ID; one looks like 5qk3xv2a-17")
    }
  }

  func run() async throws {
    if let requestID {
      try await explainRequest(requestID)
    } else if let client {
      try await explainClient(client)
    }
  }

  private func explainRequest(_ id: String) async throws {
    try await global.administer { workspace in
      let answer = try await workspace.decision(id)
      guard let json = JSON(answer), let decision = ShownDecision(json) else {
        throw CommandFailure("the server answered what this version does not understand")
      }
      switch workspace.format {
      case .text: try Console.print(decision.text)
      case .json:
        try Console.print(IndentedJSON(String(decoding: answer, as: UTF8.self).withoutFinalNewline).text)
      }
    }
  }

  private func explainClient(_ client: String) async throws {
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
    try await global.administer { workspace in
      let explanation = try await workspace.explain(request, of: client)
      try workspace.print(text: explanation.text, json: explanation.json)
    }
  }
}

extension ServerWorkspace {
  fileprivate func explain(_ request: ExplainedRequest, of reference: String) async throws -> Explanation {
    do {
      return try await explain(request, of: client(reference))
    } catch AdministrationError.notFound(_, let reason) {
      return Explanation(ofUnknownClient: reference, reason)
    }
  }
}

extension Explanation {
  fileprivate var text: String {
    let rows = steps.map {
      ExplainedStep(
        subject: $0.subject.rawValue,
        outcome: $0.outcome,
        finding: $0.finding,
        remedy: $0.remedy
      )
    }
    return "\(heading)\n\n\(rows.table)\n\n\(conclusion)" + rows.remedyLine
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
