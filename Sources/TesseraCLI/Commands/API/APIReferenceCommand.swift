import ArgumentParser
import TesseraServer

/// `tessera api reference`.
struct APIReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Print the reference of the management API, in Markdown; with --format json as OpenAPI 3.1."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    switch global.format {
    case .text: try Console.write(ManagementReference.markdown)
    case .json: try Console.print(ManagementReference.document(try global.configurationOfCommand()))
    }
  }
}
