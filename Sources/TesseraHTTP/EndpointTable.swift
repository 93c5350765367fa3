package import TesseraCore

/// The endpoints by path: fixed at the start, matched exactly.
package struct EndpointTable: Sendable {
  /// A path, and what is at it: for a path that nothing is at, an endpoint that says so.
  typealias Match = (path: String, endpoint: any Endpoint)

  private let endpoints: [String: any Endpoint]
  /// The same, to be found by bytes.
  private let byPath: [(bytes: [UInt8], match: Match)]
  private let unknown: any Endpoint

  /// `unknown` answers for every other path.
  package init(_ routes: [String: any Endpoint]) {
    self.init(routes, unknown: UnknownPath())
  }

  init(_ routes: [String: any Endpoint], unknown: any Endpoint) {
    self.unknown = unknown
    endpoints = routes
    byPath = routes.map { (Array($0.key.utf8), ($0.key, $0.value)) }
  }

  /// What is at a request target in origin form or absolute form (RFC 9112 §3.2); the query has no part in it.
  func match(target: String) -> Match {
    if let endpoint = endpoints[target] { return (target, endpoint) }
    let path = EndpointTable.path(of: target)
    return (path, endpoints[path] ?? unknown)
  }

  /// What is at a path in origin form.
  func match(path: UnsafeRawBufferPointer) -> Match {
    // By their places: going through the pairs would copy each of them, endpoint and all.
    let place = byPath.indices.first {
      byPath[$0].bytes.count == path.count && byPath[$0].bytes.elementsEqual(path)
    }
    guard let place else { return (String(decoding: path, as: UTF8.self), unknown) }
    return byPath[place].match
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
