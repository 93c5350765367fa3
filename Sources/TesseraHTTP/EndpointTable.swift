package import TesseraCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The endpoints by path: fixed at the start, matched exactly.
package struct EndpointTable: Sendable {
  /// A path, and what is at it: for a path that nothing is at, an endpoint that says so.
  typealias Match = (path: String, endpoint: any Endpoint)

  private let endpoints: [String: any Endpoint]
  /// The same in the order of the lengths of their paths, to be found by bytes.
  private let byLength: [(bytes: [UInt8], match: Match)]
  /// Where in `byLength` the paths of each length begin, and after the longest where all end.
  private let starts: [Int]
  private let unknown: any Endpoint

  /// `unknown` answers for every other path.
  package init(_ routes: [String: any Endpoint]) {
    self.init(routes, unknown: UnknownPath())
  }

  init(_ routes: [String: any Endpoint], unknown: any Endpoint) {
    self.unknown = unknown
    endpoints = routes
    let sorted = routes.map { (bytes: Array($0.key.utf8), match: ($0.key, $0.value)) }
      .sorted { $0.bytes.count < $1.bytes.count }
    byLength = sorted
    starts = (0...(sorted.last?.bytes.count ?? 0) + 1).map { length in
      sorted.firstIndex { $0.bytes.count >= length } ?? sorted.count
    }
  }

  /// What is at a request target in origin form or absolute form (RFC 9112 §3.2); the query has no part in it.
  func match(target: String) -> Match {
    if let endpoint = endpoints[target] { return (target, endpoint) }
    let path = EndpointTable.path(of: target)
    return (path, endpoints[path] ?? unknown)
  }

  /// What is at a path in origin form.
  func match(path: UnsafeRawBufferPointer) -> Match {
    if path.count + 1 < starts.count, let bytes = path.baseAddress {
      // By their places: going through the pairs would copy each of them, endpoint and all.
      for place in starts[path.count]..<starts[path.count + 1]
      where byLength[place].bytes.withUnsafeBytes({ known in
        known.baseAddress.map { memcmp($0, bytes, path.count) == 0 } ?? true
      }) {
        return byLength[place].match
      }
    }
    return (String(decoding: path, as: UTF8.self), unknown)
  }

  /// What follows the `?` of a request target; nil when there is none.
  static func query(of target: String) -> String? {
    target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[target.index(after: $0)...]) }
  }

  private static func path(of target: String) -> String {
    // The query first: it may contain what looks like a scheme or a path.
    var rest = target.prefix { $0 != "?" }
    if let scheme = rest.firstRange(of: "://"), !rest.hasPrefix("/") {
      rest = rest[scheme.upperBound...]
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    return String(rest)
  }
}

/// Answers for paths that nothing is at.
struct UnknownPath: Endpoint {
  let path = "(unknown)"

  func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    throw .refused(OAuthError(.notFound, .noSuchPath))
  }

  func response(for error: OAuthError) -> EndpointResponse {
    ContractDialect().response(for: error)
  }
}
