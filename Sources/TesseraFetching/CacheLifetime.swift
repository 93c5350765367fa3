package import NIOHTTP1

/// How long a document may be used before it is asked for again, as its header says (RFC 9111 §4.2).
package enum CacheLifetime {
  private static let shortest: Int64 = 10
  private static let longest: Int64 = 86_400
  private static let unspecified: Int64 = 300

  /// From 10 s, so that a mistake there is no storm here, to a day; 5 minutes when the header says nothing.
  package static func of(_ headers: HTTPHeaders) -> Duration {
    let directives = headers[canonicalForm: "cache-control"].map { $0.lowercased() }
    if directives.contains("no-store") || directives.contains("no-cache") { return .seconds(shortest) }
    let ages = directives.compactMap { directive in
      directive.hasPrefix("max-age=") ? seconds(directive.dropFirst("max-age=".count)) : nil
    }
    guard let maximum = ages.min() else { return .seconds(unspecified) }
    let age = headers.first(name: "age").flatMap { seconds($0[...]) } ?? 0
    return .seconds(min(max(maximum - min(age, maximum), shortest), longest))
  }

  /// Whole seconds; some senders quote them.
  private static func seconds(_ text: Substring) -> Int64? {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "\"") }.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    return Int64(Substring(digits)) ?? .max
  }
}
