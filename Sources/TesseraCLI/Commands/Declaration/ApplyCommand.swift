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
    try await global.withWorkspace { workspace in
      let administration = workspace.administration
      let plan = try await administration.plan(declaration, pruning: pruning.isWanted)
      if pruning.isWanted, plan.removes { try confirmation.ask(plan.removalQuestion) }
      guard !plan.changes.isEmpty else {
        return try workspace.print(
          text: PlanText(plan, isDone: true).text,
          json: .object(plan.jsonMembers(isDone: true) + [.init("secrets", .array([]))])
        )
      }
      let changes = try await administration.changes(for: plan)
      let secrets = try NewSecretFiles(changes.secrets, in: secretsOut)
      do {
        try await administration.apply(changes)
      } catch {
        try secrets.discard(because: error)
      }
      try workspace.printOnce(
        secretsOut == nil && !changes.secrets.isEmpty ? "everything declared was done" : nil,
        text: PlanText(plan, isDone: true).text + secrets.text,
        json: .object(plan.jsonMembers(isDone: true) + [.init("secrets", .array(secrets.json))])
      )
    }
  }
}
