import TesseraSupport

/// The parameters of an `application/x-www-form-urlencoded` body, parsed strictly (RFC 6749 Appendix B).
///
/// `+` is a space. A bad percent-escape, bad UTF-8 or a NUL anywhere makes the whole body malformed. A
/// parameter sent twice is refused, even with the same value and even when nobody knows it (§3.2), save
/// those that may have several values (RFC 8707 §2). An empty value counts as omitted (§3.2).
///
/// It keeps the body and where the parameters are in it, because hardly any has an escape, and most are compared or
/// hashed and never become text.
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
    let name: Range<Int>
    let value: Range<Int>
    /// Whether name or value has to be decoded.
    let isEncoded: Bool
  }

  private let body: [UInt8]
  private var parameters: [Parameter] = []

  /// Parses a body.
  ///
  /// `repeatable` are the parameters that may be sent more than once.
  package init(_ body: [UInt8], repeatable: [ParameterName] = []) throws(ParsingError) {
    self.body = body
    parameters.reserveCapacity(6)
    var position = 0
    while let parameter = FormParameters.next(in: body, &position) { try append(parameter, repeatable) }
  }

  /// The next parameter, found in one pass over its bytes; nil after the last.
  private static func next(in body: [UInt8], _ position: inout Int) -> Parameter? {
    body.withUnsafeBufferPointer { bytes in
      while position < bytes.count {
        let start = position
        var equals: Int?
        var isEncoded = false
        while position < bytes.count, bytes[position] != UInt8(ascii: "&") {
          let byte = bytes[position]
          if byte == UInt8(ascii: "="), equals == nil {
            equals = position
          } else if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+") || byte &- 1 >= 0x7F {
            isEncoded = true
          }
          position += 1
        }
        let end = position
        position += 1
        guard end > start else { continue }
        let name = start..<(equals ?? end)
        return Parameter(name: name, value: min(name.upperBound + 1, end)..<end, isEncoded: isEncoded)
      }
      return nil
    }
  }

  private mutating func append(_ parameter: Parameter, _ repeatable: [ParameterName]) throws(ParsingError) {
    guard parameters.count < FormParameters.maximumCount else { throw .tooMany }
    if parameter.isEncoded {
      guard FormEncoding.decode(body[parameter.name]) != nil,
        FormEncoding.decode(body[parameter.value]) != nil
      else {
        throw .malformed
      }
    }
    if parameters.contains(where: { isSameName($0, parameter) }) {
      let name = decodedName(parameter)
      guard repeatable.contains(where: { $0.text == name }) else { throw .repeated(name) }
    }
    parameters.append(parameter)
  }

  private func isSameName(_ one: Parameter, _ other: Parameter) -> Bool {
    guard !one.isEncoded, !other.isEncoded else { return decodedName(one) == decodedName(other) }
    guard one.name.count == other.name.count else { return false }
    return body.withUnsafeBufferPointer { bytes in
      zip(one.name, other.name).allSatisfy { bytes[$0] == bytes[$1] }
    }
  }

  private func decodedName(_ parameter: Parameter) -> String {
    FormEncoding.decode(body[parameter.name]) ?? ""
  }

  private func isNamed(_ parameter: Parameter, _ name: ParameterName) -> Bool {
    let isSame = body.withUnsafeBufferPointer {
      name.text == UnsafeBufferPointer(rebasing: $0[parameter.name])
    }
    if isSame { return true }
    // A name that this server knows has nothing to decode but what is escaped.
    guard parameter.isEncoded, body[parameter.name].contains(UInt8(ascii: "%")) else { return false }
    return name.text == decodedName(parameter)
  }

  /// The bytes of a parameter's value; nil when it is absent or empty.
  package func bytes(_ name: ParameterName) -> ArraySlice<UInt8>? {
    for parameter in parameters where isNamed(parameter, name) { return bytes(parameter) }
    return nil
  }

  private func bytes(_ parameter: Parameter) -> ArraySlice<UInt8>? {
    guard !parameter.value.isEmpty else { return nil }
    guard parameter.isEncoded else { return body[parameter.value] }
    return FormEncoding.decode(body[parameter.value]).map { ArraySlice($0.utf8) }
  }

  /// The value of a parameter; nil when it is absent or empty.
  package subscript(name: ParameterName) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a parameter is there and not empty.
  package func has(_ name: ParameterName) -> Bool {
    parameters.contains { isNamed($0, name) && !$0.value.isEmpty }
  }

  /// The values of a parameter that may have several, without empty ones.
  package func values(_ name: ParameterName) -> [String] {
    var values: [String] = []
    for parameter in parameters where isNamed(parameter, name) {
      if let bytes = bytes(parameter) { values.append(String(decoding: bytes, as: UTF8.self)) }
    }
    return values
  }
}
