import TesseraJOSE

/// Why a client would get a token or not: what the server looks at, in its order, in words for operators.
///
/// Nothing secret is in it.
package struct Explanation: Representation {
  /// One thing that is looked at.
  package struct Step: Sendable, Equatable {
    /// What it is about.
    package enum Subject: String, Sendable {
      case client, enabled, secret, address, quota, grant, scope, resource, token
      case authenticationMethod = "authentication_method"
      /// How often somebody asked.
      case limit
      case request
      case server
    }

    package enum Outcome: String, Sendable, CaseIterable {
      case passed, refused
      /// What was asked does not tell.
      case depends
    }

    package let subject: Subject
    /// Whether it stands in the way.
    package let outcome: Outcome
    /// What was found.
    package let finding: String
    /// What would change it, or tell; nil where nothing has to.
    package let remedy: String?

    package var isRefused: Bool { outcome == .refused }

    var json: JSONValue {
      .object([
        .init("step", .string(subject.rawValue)), .init("outcome", .string(outcome.rawValue)),
        .init("finding", .string(finding)), .init("remedy", JSONValue(remedy)),
      ])
    }

    static func passed(_ subject: Subject, _ finding: String) -> Step {
      Step(subject: subject, outcome: .passed, finding: finding, remedy: nil)
    }

    static func depends(_ subject: Subject, _ finding: String, _ remedy: String) -> Step {
      Step(subject: subject, outcome: .depends, finding: finding, remedy: remedy)
    }

    static func refused(_ subject: Subject, _ finding: String, _ remedy: String?) -> Step {
      Step(subject: subject, outcome: .refused, finding: finding, remedy: remedy)
    }
  }

  /// What the server answers.
  package enum Answer: Sendable, Equatable {
    /// With a token for these APIs, which lives for so many seconds: to a request that comes from where it may, if that
    /// is not known.
    case granted(scopes: [Scope], audiences: [Resource], lifetime: Int)
    /// With an error of RFC 6749 §5.2.
    case refused(status: Int, code: String, text: String)
  }

  /// The client, with its name where it has one.
  package let client: (id: String, name: String?)
  /// Each thing that was looked at: the first that is refused is the reason.
  package let steps: [Step]
  package let answer: Answer

  package var json: JSONValue {
    let steps = steps.map(\.json)
    var members: [JSONValue.Member] = [
      .init("client_id", .string(client.id)), .init("name", JSONValue(client.name)),
    ]
    switch answer {
    case .granted(let scopes, let audiences, let lifetime):
      members += [
        .init("granted", .boolean(true)), .init("scopes", JSONValue(scopes.map(\.name))),
        .init("audiences", JSONValue(audiences.map(\.uri))), .init("token_lifetime", .integer(lifetime)),
      ]
    case .refused(let status, let code, let text):
      members += [
        .init("granted", .boolean(false)), .init("status", .integer(status)), .init("error", .string(code)),
        .init("error_description", .string(text)),
      ]
    }
    return .object(members + [.init("steps", .array(steps))])
  }
}
