import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client list`.
struct ClientListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the clients in the order of their IDs."
  )
  private static let pageSize = 500

  @OptionGroup var global: GlobalOptions

  @OptionGroup var options: ClientFilterOptions

  @Option(help: "The largest number of clients to list. (default: all)")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() async throws {
    let filter = try options.filter()
    try await global.administer { workspace in
      var writer = ListWriter(
        workspace.format,
        TextTable("CLIENT ID", "NAME", "SCOPES", "STATUS", "CREATED", "OWNER"),
        emptyText: "no clients"
      )
      var rest = limit ?? .max
      var last: ClientID?
      while rest > 0 {
        let size = min(rest, ClientListCommand.pageSize)
        let page = try await workspace.administration.clients(passing: filter, after: last, limit: size)
        let lifetime = workspace.facts.lifetime
        try writer.write(page.elements, row: \.row) { ClientRepresentation($0, lifetime: lifetime).json }
        guard let next = page.next else { break }
        rest -= page.elements.count
        last = next
      }
      try writer.end()
    }
  }
}
