import ArgumentParser
import TesseraServer

/// `tessera config reference`.
struct ConfigReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Print the reference of all keys, in Markdown."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try Console.write(ConfigurationReference.markdown)
  }
}
