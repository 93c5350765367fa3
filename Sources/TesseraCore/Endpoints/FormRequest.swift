/// The first steps of every endpoint that takes a form: method, content type, strict parsing.
enum FormRequest {
  /// The parameters of a POSTed form.
  ///
  /// `known` are the names that an error may repeat.
  static func parameters(
    of request: EndpointRequest,
    known: [ParameterName],
    repeatable: [ParameterName] = []
  ) throws(OAuthError) -> FormParameters {
    guard request.method == "POST" else { throw OAuthError.methodNotAllowed }
    let contentTypes = request.headers.values("content-type")
    guard contentTypes.count == 1, isForm(contentTypes[0]) else {
      throw OAuthError(.invalidRequest, .notFormEncoded)
    }
    return try parse(request.body, known: known, repeatable: repeatable)
  }

  /// The parameters in these bytes, of a body or a query.
  static func parse(
    _ bytes: some Collection<UInt8>,
    known: [ParameterName],
    repeatable: [ParameterName] = []
  ) throws(OAuthError) -> FormParameters {
    do throws(FormParameters.ParsingError) {
      return try FormParameters(bytes, repeatable: repeatable)
    } catch {
      switch error {
      case .malformed: throw OAuthError(.invalidRequest, .malformedBody)
      case .tooMany: throw OAuthError(.invalidRequest, .tooManyParameters)
      case .repeated(let name):
        throw OAuthError(.invalidRequest, .repeatedParameter(known.first { $0.name == name }))
      }
    }
  }

  /// `application/x-www-form-urlencoded`, with no charset or UTF-8, in any case (RFC 9110 §8.3.1).
  static func isForm(_ contentType: String) -> Bool {
    if contentType == "application/x-www-form-urlencoded" { return true }
    let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
    guard let mediaType = parts.first, trimmed(mediaType) == "application/x-www-form-urlencoded" else {
      return false
    }
    return parts.dropFirst().allSatisfy { part in
      let parameter = trimmed(part)
      guard parameter.hasPrefix("charset") else { return true }
      return parameter == "charset=utf-8" || parameter == "charset=\"utf-8\""
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = text.drop(while: isSpace)
    return start[..<(start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex)]
  }
}
