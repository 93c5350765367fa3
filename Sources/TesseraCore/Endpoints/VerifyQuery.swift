import TesseraSupport

/// What a gateway asks for: the query of its request to the verify endpoint.
///
/// The query is not the gateway's alone, since some append that of the request they hold. So three names count, once
/// each, and whatever else is there changes nothing: not what it repeats, nor escapes or bytes that make no text.
struct VerifyQuery {
  /// The scopes that the token must have; empty when none is asked for.
  let scopes: ScopeSet
  /// The API that it must be for; nil when none is named.
  let audience: Resource?
  /// Whether there is a token in it (RFC 6750 §2.3), which is the one other name that is looked for.
  let hasToken: Bool

  private typealias Bytes = Substring.UTF8View

  /// Throws for a check that checks nothing: what is left empty by a slip of the pen must not let everybody through.
  init(_ query: String) throws(OAuthError) {
    var (scope, audience, any): (Bytes?, Bytes?, Bytes?) = (nil, nil, nil)
    var hasToken = false
    var rest = query[...].utf8
    while !rest.isEmpty {
      let pair = rest.prefix { $0 != UInt8(ascii: "&") }
      rest = rest[pair.endIndex...].dropFirst()
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      let value = pair[name.endIndex...].dropFirst()
      switch VerifyQuery.parameter(name) {
      case .scope: try VerifyQuery.take(value, .scope, into: &scope)
      case .audience: try VerifyQuery.take(value, .audience, into: &audience)
      case .any: try VerifyQuery.take(value, .any, into: &any)
      case .accessToken: hasToken = hasToken || !value.isEmpty
      default: continue
      }
    }
    // It says that a token will do whatever its scopes and its audience are.
    if let any, FormEncoding.decode(any) != "true" { throw OAuthError(.invalidRequest, .anyMustBeTrue) }
    guard scope != nil || audience != nil || any != nil else {
      throw OAuthError(.invalidRequest, .nothingToCheck)
    }
    scopes = try scope.map(VerifyQuery.scopes) ?? []
    self.audience = try audience.map(VerifyQuery.resource)
    self.hasToken = hasToken
  }

  private static let names: [ParameterName] = [.scope, .audience, .any, .accessToken]

  /// A name that counts, escaped or not; nil for every other.
  private static func parameter(_ name: Bytes) -> ParameterName? {
    if let known = names.first(where: { $0.text == name }) { return known }
    guard name.contains(UInt8(ascii: "%")), let decoded = FormEncoding.decode(name) else { return nil }
    return names.first { $0.text == decoded }
  }

  private static func take(
    _ value: Bytes,
    _ name: ParameterName,
    into place: inout Bytes?
  ) throws(OAuthError) {
    guard place == nil else { throw OAuthError(.invalidRequest, .repeatedParameter(name)) }
    guard !value.isEmpty else { throw OAuthError(.invalidRequest, .emptyParameter(name)) }
    place = value
  }

  /// Separated by spaces or commas.
  private static func scopes(_ value: Bytes) throws(OAuthError) -> ScopeSet {
    guard let text = FormEncoding.decode(value) else { throw OAuthError(.invalidRequest, .malformedQuery) }
    guard text.contains(where: { $0 != " " && $0 != "," }) else {
      throw OAuthError(.invalidRequest, .emptyParameter(.scope))
    }
    guard let names = ScopeList.names(in: text), let scopes = ScopeSet(names: names) else {
      throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
    }
    return scopes
  }

  private static func resource(_ value: Bytes) throws(OAuthError) -> Resource {
    guard let text = FormEncoding.decode(value) else { throw OAuthError(.invalidRequest, .malformedQuery) }
    guard let resource = Resource(text) else { throw OAuthError(.invalidRequest, .malformedAudience) }
    return resource
  }
}
