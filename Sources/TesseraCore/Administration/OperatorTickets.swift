import Crypto
package import TesseraJOSE

/// What an operator beside the server shows for one request that reads: proof of having the master key.
///
/// Whoever has that key could make any token, so a ticket gives nobody more than he has. It is good for one method and
/// path and for a minute, so that whoever gets hold of one learns what its request would have told him, and no more.
package struct OperatorTickets: Sendable {
  /// How long a ticket is good for, in milliseconds.
  private static let lifetime: Int64 = 60_000
  private static let prefix = "tessera-ticket-"
  private static let tagSize = 32
  private static let longest = 512
  private let key: SymmetricKey

  package init(masterKey: MasterKey) {
    key = masterKey.managementKey
  }

  /// A ticket for a request such as `GET /admin/v1/decisions/x`, in the name of `actor`.
  package func ticket(for request: String, actor: String, at now: Timestamp) -> String {
    let end = now.milliseconds + OperatorTickets.lifetime
    let content = withUnsafeBytes(of: end.bigEndian) { Array($0) } + Array(actor.utf8)
    return OperatorTickets.prefix + Base64URL.encode(tag(of: content, for: request) + content)
  }

  /// In whose name the ticket is; nil when it is none, or none for this request now.
  package func actor(of text: Substring, for request: String, at now: Timestamp) -> String? {
    guard text.utf8.count <= OperatorTickets.longest, text.hasPrefix(OperatorTickets.prefix),
      let bytes = Base64URL.decode(text.utf8.dropFirst(OperatorTickets.prefix.utf8.count)),
      bytes.count > OperatorTickets.tagSize + 8
    else { return nil }
    let (given, content) = (
      bytes.prefix(OperatorTickets.tagSize), Array(bytes.dropFirst(OperatorTickets.tagSize))
    )
    let difference = zip(given, tag(of: content, for: request)).reduce(0) { $0 | ($1.0 ^ $1.1) }
    let end = content.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    // One that ends later than one made now was made by a clock that is ahead.
    guard difference == 0, now.milliseconds < end, end <= now.milliseconds + OperatorTickets.lifetime else {
      return nil
    }
    return String(validating: content.dropFirst(8), as: UTF8.self)
  }

  private func tag(of content: [UInt8], for request: String) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: key)
    for bytes in [Array("ticket".utf8), Array(request.utf8), content] {
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hmac.update(data: $0) }
      hmac.update(data: bytes)
    }
    return Array(hmac.finalize())
  }
}
