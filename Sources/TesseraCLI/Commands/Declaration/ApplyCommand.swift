import ArgumentParser
import TesseraCore

/// `tessera apply`.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the clients, scopes and resources be as files declare them: all of it, or nothing.",
    discussion: """
      Doing it again changes nothing. Secrets are never in the files: those of new clients are printed once, or written to
      files by --secrets-out.
      """
  )

  @OptionGroup var files: DeclarationFiles
  @OptionGroup var pruning: Pruning

  @Option(
    help: ArgumentHelp(
      "Write new secrets to new files in this folder, each named by the client's ID, instead of printing them.",
      valueName: "dir"
    ),
    completion: .directory
  )
  var secretsOut: String?

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let declaration = try files.read()
    try await global.administer { workspace in
      let planned = try await workspace.administration.planned(declaration, pruning: pruning.isWanted)
      let plan = planned.plan
      if pruning.isWanted, plan.removes { try confirmation.ask(plan.removalQuestion) }
      guard !plan.changes.isEmpty else {
        return try workspace.print(
          text: PlanText(plan, isDone: true).text,
          json: .object(plan.members + [.init("secrets", .array([]))])
        )
      }
      let (done, secrets) = try await planned.carryOut(secretsOut)
      try workspace.printOnce(
        secrets.areShown ? "everything declared was done" : nil,
        text: PlanText(done, isDone: true).text + secrets.text,
        json: .object(done.members + [.init("secrets", .array(secrets.json))])
      )
    }
  }
}
