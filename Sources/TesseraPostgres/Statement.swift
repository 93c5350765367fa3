/// An SQL statement whose interpolated values become parameters, never part of its text.
struct Statement: ExpressibleByStringInterpolation, Sendable {
  /// What stands before, between and after the parameters.
  private var pieces: [String]
  /// The values, in their order.
  private(set) var parameters: [Parameter]

  init(stringLiteral text: String) {
    pieces = [text]
    parameters = []
  }

  init(stringInterpolation interpolation: StringInterpolation) {
    pieces = interpolation.pieces
    parameters = interpolation.parameters
  }

  /// The statement with `$1`, `$2` … where the parameters go.
  ///
  /// One text is prepared once by each connection.
  var text: String {
    pieces.dropFirst().enumerated().reduce(pieces[0]) { "\($0)$\($1.offset + 1)\($1.element)" }
  }

  /// This one and then that, on a line of its own.
  static func + (left: Statement, right: Statement) -> Statement {
    var sum = left
    sum.pieces[sum.pieces.count - 1] += "\n" + right.pieces[0]
    sum.pieces += right.pieces.dropFirst()
    sum.parameters += right.parameters
    return sum
  }

  /// Collects the parts of a statement.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var pieces = [""]
    fileprivate var parameters: [Parameter] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      pieces.reserveCapacity(interpolationCount + 1)
      parameters.reserveCapacity(interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { pieces[pieces.count - 1] += literal }

    mutating func appendInterpolation(_ value: String?) { append(value.map(Parameter.text) ?? .null) }
    mutating func appendInterpolation(_ value: [UInt8]?) { append(value.map(Parameter.bytes) ?? .null) }
    mutating func appendInterpolation(_ value: (some BinaryInteger)?) {
      append(value.map { .text(String($0)) } ?? .null)
    }
    mutating func appendInterpolation(_ value: Bool) { append(.text(value ? "t" : "f")) }
    /// An array of texts.
    mutating func appendInterpolation(_ values: [String]) { append(.text((values as [String?]).arrayText)) }
    /// An array of texts and NULLs.
    mutating func appendInterpolation(_ values: [String?]) { append(.text(values.arrayText)) }

    private mutating func append(_ parameter: Parameter) {
      parameters.append(parameter)
      pieces.append("")
    }
  }
}

/// One value that is sent beside a statement.
enum Parameter: Sendable, Equatable {
  case null
  /// In the text form of its type.
  case text(String)
  /// A `bytea`, as it is.
  case bytes([UInt8])
}

extension [String?] {
  /// PostgreSQL's text form of an array.
  fileprivate var arrayText: String {
    let elements = map { element in
      guard let element else { return "NULL" }
      return "\"" + element.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    return "{" + elements.joined(separator: ",") + "}"
  }
}
