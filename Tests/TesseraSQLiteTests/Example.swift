import TesseraCore
import TesseraJOSE
import Testing

/// Values to put into a store.
enum Example {
  static let event = AuditEvent(
    time: Timestamp(milliseconds: 0),
    actor: "test",
    action: .clientCreated,
    subject: "subject"
  )

  static func client(_ id: String) throws -> Client {
    Client(
      id: try #require(ClientID(id)),
      name: "name of \(id)",
      scopes: [],
      createdAt: Timestamp(milliseconds: 0)
    )
  }
}
