/// The first steps of every endpoint that takes a form: method, content type, strict parsing.
enum FormRequest {
  /// The only media type that is taken.
  static let mediaType: StaticString = "application/x-www-form-urlencoded"

  /// What an endpoint knows of parameters.
  struct Vocabulary: Sendable {
    /// The names that an error may repeat.
    let known: [ParameterName]
    /// Those that may be sent more than once.
    let repeatable: [ParameterName]

    init(_ known: [ParameterName], repeatable: [ParameterName] = []) {
      self.known = known
      self.repeatable = repeatable
    }
  }

  /// The parameters of a POSTed form.
  static func parameters(
    of request: EndpointRequest,
    _ vocabulary: Vocabulary
  ) throws(OAuthError) -> FormParameters {
    guard request.method == "POST" else { throw OAuthError.methodNotAllowed }
    if !request.headers.isForm {
      let contentTypes = request.headers.values(.contentType)
      guard contentTypes.count == 1 else { throw OAuthError(.invalidRequest, .notFormEncoded) }
      try check(contentTypes[0])
    }
    return try parse(request.body, vocabulary)
  }

  /// The parameters in these bytes, of a body or a query.
  static func parse(_ bytes: [UInt8], _ vocabulary: Vocabulary) throws(OAuthError) -> FormParameters {
    do throws(FormParameters.ParsingError) {
      return try FormParameters(bytes, repeatable: vocabulary.repeatable)
    } catch {
      switch error {
      case .malformed: throw OAuthError(.invalidRequest, .malformedBody)
      case .tooMany: throw OAuthError(.invalidRequest, .tooManyParameters)
      case .repeated(let name):
        throw OAuthError(.invalidRequest, .repeatedParameter(vocabulary.known.first { $0.name == name }))
      }
    }
  }

  /// Throws unless it is `application/x-www-form-urlencoded`, with no charset or UTF-8, in any case (RFC 9110 §8.3.1).
  private static func check(_ contentType: String) throws(OAuthError) {
    if mediaType == contentType { return }
    let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
    guard let found = parts.first, mediaType == String(trimmed(found)) else {
      throw OAuthError(.invalidRequest, .notFormEncoded)
    }
    for parameter in parts.dropFirst().map(trimmed) where parameter.hasPrefix("charset") {
      guard parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"" else {
        throw OAuthError(.invalidRequest, .otherCharset)
      }
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = text.drop(while: isSpace)
    return start[..<(start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex)]
  }
}
