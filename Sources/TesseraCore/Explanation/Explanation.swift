import TesseraJOSE

/// Why a client would get a token or not: what the server looks at, in its order, in words for operators.
///
/// Nothing secret is in it.
package struct Explanation: Sendable {
  /// One thing that is looked at.
  package struct Step: Sendable, Equatable {
    /// What it is about.
    package enum Subject: String, Sendable {
      case client, enabled, secret, grant, scope, resource, token
      case authenticationMethod = "authentication_method"
    }

    package let subject: Subject
    /// Whether it stands in the way.
    package let isRefused: Bool
    /// What was found.
    package let finding: String
    /// What would change it; nil where nothing has to.
    package let remedy: String?

    static func passed(_ subject: Subject, _ finding: String) -> Step {
      Step(subject: subject, isRefused: false, finding: finding, remedy: nil)
    }

    static func refused(_ subject: Subject, _ finding: String, _ remedy: String?) -> Step {
      Step(subject: subject, isRefused: true, finding: finding, remedy: remedy)
    }
  }

  /// What the server answers.
  package enum Answer: Sendable, Equatable {
    /// With a token for these APIs, which lives for so many seconds.
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
    let steps = steps.map { step in
      JSONValue.object([
        .init("step", .string(step.subject.rawValue)),
        .init("outcome", .string(step.isRefused ? "refused" : "passed")),
        .init("finding", .string(step.finding)), .init("remedy", JSONValue(step.remedy)),
      ])
    }
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
