import TesseraJOSE

/// A refused request as it is shown, in a list or by itself.
package struct DenialRepresentation: Representation {
  private let denial: Denial
  private let node: String

  /// `node` is who refused it.
  package init(_ denial: Denial, node: String) {
    self.denial = denial
    self.node = node
  }

  package var json: JSONValue { .object(members) }

  fileprivate var members: [JSONValue.Member] {
    let error = denial.error
    return [
      .init("request_id", .string(denial.requestID)), .init("time", .string(denial.time.iso8601)),
      .init("node", .string(node)), .init("endpoint", .string(denial.endpoint)),
      .init("client_id", JSONValue(error.clientID?.rawValue)),
      .init("source", .string(denial.source.description)), .init("status", .integer(denial.status)),
      .init("error", .string(error.code.rawValue)),
      .init("error_description", .string(error.reason.description)),
      .init("detail", JSONValue(error.privateDetail?.printable)),
      .init("grant_type", JSONValue(error.grantType?.name)),
      .init("authentication_method", JSONValue(error.authenticationMethod?.rawValue)),
      .init("requested_scopes", JSONValue(error.requested?.scopes ?? [])),
      .init("requested_resources", JSONValue(error.requested?.resources ?? [])),
      .init("names_left_out", .integer(error.requested?.omitted ?? 0)),
      .init("trace_id", JSONValue(denial.traceID)),
    ]
  }
}

/// Why a request was refused, and what would become of the same request now.
package struct ExplainedDenial: Representation {
  private let request: DenialRepresentation
  private let denial: Denial
  /// The client's name; nil when the client is not known, or there is none any more.
  private let name: String?
  /// Each thing that was looked at: the first that is refused is the reason.
  package let steps: [Explanation.Step]
  /// What the same request gets now; nil where that cannot be said.
  package let now: Explanation.Answer?
  /// Whether something was changed since, so that the reason is not there any more.
  package let hasChanged: Bool

  init(_ denial: Denial, node: String, _ present: Present) {
    request = DenialRepresentation(denial, node: node)
    self.denial = denial
    let reason = DenialReason(of: denial)
    switch present {
    case .unknown(let client):
      (name, now, hasChanged) = (client?.name, nil, false)
      steps = [reason.step]
    case .clientIsGone:
      (name, now, hasChanged) = (nil, nil, true)
      steps = [reason.step, .refused(.client, "it is not registered any more", "tessera client list")]
    case .explained(let client, let present):
      let isStill = reason.isReason(in: present)
      (name, now, hasChanged) = (client.name, present.answer, !isStill && reason.isOfRegistration)
      steps = isStill ? present.steps : [reason.step] + present.steps
    }
  }

  package var json: JSONValue {
    let answer =
      switch now {
      case .granted: JSONValue.object([.init("granted", .boolean(true))])
      case .refused(let status, let code, let text):
        JSONValue.object([
          .init("granted", .boolean(false)), .init("status", .integer(status)), .init("error", .string(code)),
          .init("error_description", .string(text)),
        ])
      case nil: JSONValue.null
      }
    return .object(
      request.members + [
        .init("name", JSONValue(name)), .init("granted", .boolean(false)),
        .init("steps", .array(steps.map(\.json))), .init("now", answer),
        .init("changed_since", .boolean(hasChanged)),
      ]
    )
  }
}

extension ExplainedDenial {
  /// What would become of the same request now.
  enum Present {
    /// That cannot be said, as where the store does not answer.
    case unknown(Client?)
    case clientIsGone
    case explained(Client, Explanation)
  }
}

extension Administration {
  /// Why this request was refused, from what is remembered of it and from what there is now.
  ///
  /// `node` is who refused it. What is remembered is told also while the store does not answer.
  package func explain(_ denial: Denial, node: String, settings: Replica.Settings) async -> ExplainedDenial {
    let present: ExplainedDenial.Present
    do throws(AdministrationError) {
      present = try await self.present(of: denial, settings)
    } catch {
      present = .unknown(nil)
    }
    return ExplainedDenial(denial, node: node, present)
  }

  private func present(
    of denial: Denial,
    _ settings: Replica.Settings
  ) async throws(AdministrationError) -> ExplainedDenial.Present {
    guard let id = denial.error.clientID else { return .unknown(nil) }
    guard let client = try await ask(about: .client, await store.client(id)) else { return .clientIsGone }
    // Only what asks for a token can be asked again, and only when all is known that was asked for.
    guard let requested = denial.error.requested, requested.omitted == 0 else { return .unknown(client) }
    let scopes = requested.scopes.compactMap { Scope($0) }
    let resources = requested.resources.compactMap { Resource($0) }
    guard scopes.count == requested.scopes.count, resources.count == requested.resources.count else {
      return .unknown(client)
    }
    let again = ExplainedRequest(scopes: scopes, resources: resources, from: denial.source)
    return .explained(client, try await explain(again, of: client, settings: settings))
  }
}
