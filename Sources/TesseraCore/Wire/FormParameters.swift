/// The parameters of an `application/x-www-form-urlencoded` body, parsed strictly (RFC 6749 Appendix B).
///
/// `+` is a space. A bad percent-escape, bad UTF-8 or a NUL anywhere makes the whole body malformed. A
/// parameter sent twice is refused, even with the same value and even when nobody knows it (§3.2), save
/// those that may have several values (RFC 8707 §2). An empty value counts as omitted (§3.2).
package struct FormParameters: Sendable {
  /// The most parameters that a request may have.
  package static let maximumCount = 64

  /// Why a body was refused.
  package enum ParsingError: Error, Sendable, Equatable {
    /// A bad percent-escape, bad UTF-8 or a NUL.
    case malformed
    /// More than `maximumCount` parameters.
    case tooMany
    /// A parameter was sent twice; its name.
    case repeated(String)
  }

  private struct Parameter: Sendable {
    let name: String
    let value: String
  }

  private var parameters: [Parameter] = []

  /// Parses a body.
  ///
  /// `repeatable` are the parameters that may be sent more than once.
  package init(
    _ body: some Collection<UInt8>,
    repeatable: [ParameterName] = []
  ) throws(ParsingError) {
    parameters.reserveCapacity(8)
    for pair in FormParameters.split(body) where !pair.isEmpty {
      guard parameters.count < FormParameters.maximumCount else { throw .tooMany }
      let equals = pair.firstIndex(of: UInt8(ascii: "="))
      let name = FormDecoding.decode(pair[..<(equals ?? pair.endIndex)])
      let value = equals.map { FormDecoding.decode(pair[pair.index(after: $0)...]) } ?? ""
      guard let name, let value else { throw .malformed }
      guard
        !parameters.contains(where: { $0.name == name }) || repeatable.contains(where: { $0.text == name })
      else { throw .repeated(name) }
      parameters.append(Parameter(name: name, value: value))
    }
  }

  /// The value of a parameter; nil when it is absent or empty.
  package subscript(name: ParameterName) -> String? {
    let wanted = name.text
    for parameter in parameters where wanted == parameter.name {
      return parameter.value.isEmpty ? nil : parameter.value
    }
    return nil
  }

  /// The values of a parameter that may have several, without empty ones.
  package func values(_ name: ParameterName) -> [String] {
    parameters.filter { name.text == $0.name && !$0.value.isEmpty }.map(\.value)
  }

  /// A malformed part after the 64th parameter is not looked at: the count is refused first.
  private static func split<Body: Collection<UInt8>>(_ body: Body) -> [Body.SubSequence] {
    body.split(separator: UInt8(ascii: "&"), maxSplits: maximumCount, omittingEmptySubsequences: true)
  }
}

extension StaticString {
  fileprivate static func == (left: StaticString, right: String) -> Bool {
    let bytes = UnsafeBufferPointer(start: left.utf8Start, count: left.utf8CodeUnitCount)
    return bytes.elementsEqual(right.utf8)
  }
}
