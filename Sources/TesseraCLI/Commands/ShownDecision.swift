import TesseraCore
import TesseraJOSE

/// A refused request as the management API explains it, for people.
struct ShownDecision {
  private let members: [String: JSON]
  private let steps: [ExplainedStep]

  /// Nil for what is not such an explanation.
  init?(_ json: JSON) {
    guard let members = json.members, let steps = members["steps"]?.elements else { return nil }
    self.members = members
    self.steps = steps.compactMap(ExplainedStep.init)
    guard self.steps.count == steps.count, members["request_id"]?.text != nil else { return nil }
  }

  var text: String {
    "\(heading)\n\n\(steps.table)\n\n\(conclusion)" + steps.remedyLine + now
  }

  private var heading: String {
    var lines = [
      "Request \(member("request_id")) to \(member("endpoint")) at \(member("time")), from \(member("source"))"
    ]
    if let client = members["client_id"]?.text {
      lines.append("Client " + client.printable + (members["name"]?.text.map { " (\($0.printable))" } ?? ""))
    }
    for (name, what) in [("requested_scopes", "scopes"), ("requested_resources", "APIs")] {
      let names = members[name]?.elements?.compactMap(\.text) ?? []
      if !names.isEmpty {
        lines.append("It asked for the \(what) \(names.joined(separator: ", ").printable)")
      }
    }
    let omitted = number("names_left_out", in: members)
    if !["", "0"].contains(omitted) {
      lines.append("Names that are not shown, since they may be secrets: \(omitted)")
    }
    lines.append("Refused by \(member("node"))")
    return lines.joined(separator: "\n")
  }

  private var conclusion: String {
    "It was refused: \(number("status", in: members)) \(member("error")), \"\(member("error_description"))\"."
  }

  /// What the same request gets now, where that is known.
  private var now: String {
    guard let now = members["now"]?.members else { return "" }
    let change = members["changed_since"] == .boolean(true) ? "Something was changed since. " : ""
    if now["granted"] == .boolean(true) {
      return "\n\(change)With credentials that are right, the same request gets a token now."
    }
    let (code, text) = (now["error"]?.text ?? "", now["error_description"]?.text ?? "")
    return
      "\n\(change)Now it is refused: \(number("status", in: now)) \(code.printable), \"\(text.printable)\"."
  }

  private func member(_ name: String) -> String { members[name]?.text?.printable ?? "unknown" }

  private func number(_ name: String, in members: [String: JSON]) -> String {
    if case .number(let number) = members[name], let whole = Int(exactly: number) {
      String(whole)
    } else {
      ""
    }
  }
}
