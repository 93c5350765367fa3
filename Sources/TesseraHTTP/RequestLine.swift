/// The first line of a request (RFC 9112 §3), checked before NIO's decoder sees it, which says less of what is wrong.
struct RequestLine {
  let method: String
  let target: String
  /// None in HTTP/0.9.
  private let version: [UInt8]?

  private static let recognised: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
  ]

  /// Reads a line without its end; nil when it is none.
  init?(_ line: some BidirectionalCollection<UInt8>) {
    let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), FieldSyntax.isToken(parts[0]), !parts[1].isEmpty,
      parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    method = String(decoding: parts[0], as: UTF8.self)
    target = String(decoding: parts[1], as: UTF8.self)
    version = parts.count == 3 ? Array(parts[2]) : nil
  }

  /// Throws for what cannot be taken.
  ///
  /// `isDirect` says that no proxy of ours stands between.
  func check(isDirect: Bool, limit: Int) throws(MessageProblem) {
    try checkVersion()
    guard target.utf8.count <= limit else { throw .targetTooLong }
    guard RequestLine.recognised.contains(method) else { throw .unknownMethod }
    try checkForm(isDirect)
  }

  /// HTTP/1.0 and HTTP/1.1 are known (RFC 9110 §15.6.6).
  private func checkVersion() throws(MessageProblem) {
    guard let bytes = version else { throw .unknownVersion }
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), isDigit(bytes[5]),
      bytes[6] == UInt8(ascii: "."),
      isDigit(bytes[7])
    else { throw .malformed }
    guard bytes[5] == UInt8(ascii: "1"), bytes[7] <= UInt8(ascii: "1") else { throw .unknownVersion }
  }

  /// Origin form, absolute form, or for OPTIONS an asterisk (RFC 9112 §3.2); a fragment is no part of any.
  private func checkForm(_ isDirect: Bool) throws(MessageProblem) {
    guard !target.utf8.contains(UInt8(ascii: "#")) else { throw .malformed }
    if target.utf8.first == UInt8(ascii: "/") || target == "*" && method == "OPTIONS" { return }
    let isHTTPS = target.prefix(8).lowercased() == "https://"
    guard isHTTPS || target.prefix(7).lowercased() == "http://" else { throw .malformed }
    let authority = target.utf8.dropFirst(isHTTPS ? 8 : 7).prefix { !"/?".utf8.contains($0) }
    // Neither an empty host nor user information (RFC 9110 §4.2.1, §4.2.4).
    guard !authority.isEmpty, FieldSyntax.isHost(authority), authority.first != UInt8(ascii: ":") else {
      throw .malformed
    }
    // Only a proxy of ours can have been asked for it over TLS (RFC 9110 §7.4).
    guard !isHTTPS || !isDirect else { throw .misdirected }
  }
}
