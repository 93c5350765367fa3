package import TesseraJOSE

/// A client, and when it was used last as far as that was noted, which is to the hour.
package struct UsedClient: Sendable, Equatable {
  package let client: Client
  package let lastUsed: Timestamp

  package init(client: Client, lastUsed: Timestamp) {
    self.client = client
    self.lastUsed = lastUsed
  }
}
