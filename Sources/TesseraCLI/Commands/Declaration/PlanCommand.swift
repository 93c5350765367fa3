import ArgumentParser
import TesseraCore

/// `tessera plan`.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what 'tessera apply' would change for there to be what files declare.",
    discussion: """
      Nothing is changed. Exit codes: 0 there is nothing to change, 2 there is, 1 a file is wrong. 'tessera export' writes a
      file to begin with.
      """
  )

  @OptionGroup var files: DeclarationFiles
  @OptionGroup var pruning: Pruning
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let declaration = try files.read()
    try await global.administer { workspace in
      let plan = try await workspace.administration.planned(declaration, pruning: pruning.isWanted).plan
      try workspace.print(
        text: PlanText(plan, isDone: false).text,
        json: plan.json
      )
      if !plan.changes.isEmpty { throw ExitCode.changes }
    }
  }
}

extension ExitCode {
  /// There is something to change, as other tools of this kind say it.
  fileprivate static let changes = ExitCode(2)
}
