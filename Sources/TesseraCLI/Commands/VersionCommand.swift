import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Show the version, and with --verbose what a report of an error should say."
  )

  @Flag(help: "Show also the build, the libraries it runs on and the numbers of the schemas.")
  var verbose = false

  @Option(help: "The format of the output.")
  var format = OutputFormat.text

  func run() throws {
    switch format {
    case .text:
      try Console.print((["tessera \(Version.current)"] + (verbose ? lines : [])).joined(separator: "\n"))
    case .json:
      try Console.print(.object([.init("version", .string(Version.current))] + (verbose ? members : [])))
    }
  }

  private var lines: [String] {
    let details =
      [("build", Version.build), ("Swift", Version.swift)]
      + Version.stores.map { ($0.name, "\($0.library), schema \($0.schema)") }
    return details.map { "  \($0.padded(to: 8))\($1)" }
  }

  private var members: [JSONValue.Member] {
    [
      .init("build", .string(Version.build)), .init("swift", .string(Version.swift)),
      .init(
        "stores",
        .object(
          Version.stores.map { store in
            .init(
              store.name.lowercased(),
              .object([
                .init("library", .string(store.library)), .init("schema", .integer(store.schema)),
              ])
            )
          }
        )
      ),
    ]
  }
}
