import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// What an operator beside the server shows for one request.
@Suite struct OperatorTicketTests {
  private static let request = "GET /admin/v1/decisions/a-1"
  private static let now = Timestamp(milliseconds: 1_000_000)

  private static func tickets(_ byte: UInt8) throws -> OperatorTickets {
    OperatorTickets(masterKey: try #require(MasterKey(bytes: [UInt8](repeating: byte, count: 32))))
  }

  @Test func itIsGoodForItsRequestForAMinute() throws {
    let tickets = try Self.tickets(1)
    let ticket = tickets.ticket(for: Self.request, actor: "cli:ada", at: Self.now)
    func actor(_ text: String, _ request: String = Self.request, after seconds: Int64 = 0) -> String? {
      tickets.actor(of: text[...], for: request, at: Self.now.advanced(bySeconds: seconds))
    }
    #expect(actor(ticket) == "cli:ada")
    #expect(actor(ticket, after: 59) == "cli:ada")
    #expect(actor(ticket, after: 60) == nil)
    #expect(actor(ticket, after: -1) == nil, "made by a clock that is ahead")
    for other in ["POST /admin/v1/decisions/a-1", "GET /admin/v1/decisions/a-2", ""] {
      #expect(actor(ticket, other) == nil)
    }
    #expect(try Self.tickets(2).actor(of: ticket[...], for: Self.request, at: Self.now) == nil)
  }

  @Test func nothingElseIsOne() throws {
    let tickets = try Self.tickets(1)
    let ticket = tickets.ticket(for: Self.request, actor: "cli:ada", at: Self.now)
    for place in ticket.utf8.indices {
      let letter = ticket[place] == "A" ? "B" : "A"
      let altered = ticket[..<place] + letter + ticket[ticket.index(after: place)...]
      #expect(tickets.actor(of: altered, for: Self.request, at: Self.now) == nil, "\(altered)")
    }
    for text in [
      "", "tessera-ticket-", "x", String(ticket.dropLast()), ticket + "A",
      "tessera-ticket-" + String(repeating: "A", count: 100_000),
      tickets.ticket(for: Self.request, actor: String(repeating: "a", count: 1000), at: Self.now),
    ] {
      #expect(tickets.actor(of: text[...], for: Self.request, at: Self.now) == nil, "\(text.prefix(80))")
    }
  }
}
