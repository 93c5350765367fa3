import Foundation
import TesseraCore
import TesseraServer

/// A plan as people read it.
struct PlanText {
  private let plan: ShownPlan
  private let isDone: Bool
  private let hasColours: Bool

  /// `isDone` says whether it was done or is to be.
  init(_ plan: ShownPlan, isDone: Bool, hasColours: Bool = PlanText.terminalHasColours) {
    self.plan = plan
    self.isDone = isDone
    self.hasColours = hasColours
  }

  /// Whether the result goes to a terminal whose user has not asked for none (no-color.org).
  private static var terminalHasColours: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  var text: String {
    let changes = plan.changes.map(lines)
    return (changes + [summary] + unlisted).joined(separator: "\n")
  }

  private func lines(of change: ShownPlan.Change) -> String {
    let identifier = change.clientID.map { " (\($0))" } ?? ""
    let title =
      "\(change.action.sign) \(change.kind.noun) \(change.name)\(identifier)\(change.action.consequence)"
    let width = change.differences.map(\.name.count).max() ?? 0
    let values = change.differences.map { difference in
      "    \(difference.name.padded(to: width))  \(difference.text.printable)"
    }
    return ([coloured(title.printable, change.action)] + values).joined(separator: "\n")
  }

  private var summary: String {
    guard !plan.changes.isEmpty else { return "No changes: everything is as declared." }
    let counts: [(DeclarationPlan.Change.Action, todo: String, done: String)] = [
      (.create, "add", "added"), (.update, "change", "changed"), (.retire, "retire", "retired"),
      (.delete, "remove", "removed"),
    ]
    let parts = counts.compactMap { action, todo, done in
      let count = plan.count(action)
      return count == 0 ? nil : isDone ? "\(count) \(done)" : "\(count) to \(todo)"
    }
    return "\n" + parts.joined(separator: ", ") + "."
  }

  private var unlisted: [String] {
    let parts = DeclaredKind.allCases.compactMap { kind in
      plan.unlisted[kind].map { unlisted in
        let noun = unlisted.count == 1 ? kind.noun : kind.rawValue
        let more = unlisted.count > unlisted.names.count ? ", …" : ""
        return "\(unlisted.count) \(noun) (\(unlisted.names.joined(separator: ", "))\(more))"
      }
    }
    return parts.isEmpty ? [] : ["Not listed, and left alone: \(parts.joined(separator: ", ")).".printable]
  }

  private func coloured(_ text: String, _ action: DeclarationPlan.Change.Action) -> String {
    hasColours ? "\u{1B}[\(action.colour)m\(text)\u{1B}[0m" : text
  }
}

extension DeclarationPlan.Change.Action {
  fileprivate var sign: String {
    switch self {
    case .create: "+"
    case .update: "~"
    case .retire, .delete: "-"
    }
  }

  fileprivate var consequence: String {
    switch self {
    case .create, .update: ""
    case .retire: ": retired, for good"
    case .delete: ": removed, with its secrets and its tokens"
    }
  }

  /// Green, yellow and red.
  fileprivate var colour: Int {
    switch self {
    case .create: 32
    case .update: 33
    case .retire, .delete: 31
    }
  }
}

extension DeclarationPlan.Difference {
  /// What is new, or what was and what is; of lists, what comes and what goes.
  fileprivate var text: String {
    guard let before else { return after.map(\.shown) ?? "" }
    if case .texts(let old) = before, case .texts(let new)? = after {
      let parts =
        new.filter { !old.contains($0) }.map { "+\($0)" } + old.filter { !new.contains($0) }.map { "-\($0)" }
      if !parts.isEmpty { return parts.joined(separator: " ") }
    }
    return "\(before.shown) → \(after.map(\.shown) ?? "default")"
  }
}

extension DeclaredValue {
  fileprivate var shown: String { isEmpty ? "none" : text }
}

extension ShownPlan {
  /// What is asked before what is not listed goes.
  var removalQuestion: String {
    let clients = changes.filter { $0.action == .delete }.map(\.name)
    let retired = changes.filter { $0.action == .retire }.map { "\($0.kind.noun) \($0.name)" }
    func listed(_ names: [String]) -> String {
      names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
    let parts = [
      clients.isEmpty ? nil : "remove \(clients.count) clients (\(listed(clients)))",
      retired.isEmpty ? nil : "retire for good: \(listed(retired))",
    ]
    let question = parts.compactMap(\.self).joined(separator: ", and ")
    return question.prefix(1).uppercased() + question.dropFirst() + "?"
  }
}
