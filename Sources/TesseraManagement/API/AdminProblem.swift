import TesseraCore

/// Why a request of the management API was refused: a problem (RFC 9457).
struct AdminProblem: Error {
  let status: Int
  /// What kind of problem it is, which does not change from case to case.
  let title: String
  /// What is wrong in this case; nil when the title says it all.
  var detail: String?
  /// The member, parameter or header field that is wrong.
  var field: String?
  /// Further header fields of the answer.
  var headers: [(name: String, value: String)] = []

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("type", .string("about:blank")), .init("title", .string(title)),
      .init("status", .integer(status)),
    ]
    if let detail { members.append(.init("detail", .string(detail))) }
    if let field { members.append(.init("field", .string(field))) }
    return .object(members)
  }

  /// The same where the members are those of an object at this JSON Pointer (RFC 6901).
  func within(_ pointer: String) -> AdminProblem {
    var problem = self
    problem.field = pointer + (field.map { "/\($0)" } ?? "")
    return problem
  }
}

extension AdminProblem {
  private static let realm = #"Bearer realm="tessera""#

  /// There is no token (RFC 6750 §3.1).
  static let noToken = AdminProblem(
    status: 401,
    title: "An access token is needed",
    headers: [("WWW-Authenticate", realm)]
  )

  /// The token is none of ours for this API, or not valid any more.
  static let invalidToken = AdminProblem(
    status: 401,
    title: "The access token is not valid",
    headers: [("WWW-Authenticate", #"\#(realm), error="invalid_token""#)]
  )

  /// The token does not allow this.
  static func insufficientScope(_ scope: OperatorScope) -> AdminProblem {
    AdminProblem(
      status: 403,
      title: "The access token does not allow this",
      detail: "the scope \(scope.rawValue) is needed",
      headers: [
        ("WWW-Authenticate", #"\#(realm), error="insufficient_scope", scope="\#(scope.rawValue)""#)
      ]
    )
  }

  /// It is not for whoever may do less than what it gives or takes.
  static func beyondCaller(_ scope: Scope) -> AdminProblem {
    AdminProblem(
      status: 403,
      title: "The access token does not allow this",
      detail: "only who has the scope \(scope) may change a client that has it"
    )
  }

  /// Credentials must not go over the network in clear.
  static let needsTLS = AdminProblem(
    status: 403,
    title: "TLS is needed",
    detail: "beyond loopback, this needs management.tls.certificate"
  )

  static let notFound = AdminProblem(status: 404, title: "Not Found")

  static func methodNotAllowed(_ allowed: [String]) -> AdminProblem {
    AdminProblem(
      status: 405,
      title: "Method Not Allowed",
      headers: [("Allow", allowed.joined(separator: ", "))]
    )
  }

  static func badRequest(_ detail: String, field: String? = nil) -> AdminProblem {
    AdminProblem(status: 400, title: "The request cannot be read", detail: detail, field: field)
  }

  static func tooLarge(_ limit: Int) -> AdminProblem {
    AdminProblem(status: 413, title: "Content Too Large", detail: "a body has at most \(limit) bytes here")
  }

  static let unsupportedMediaType = AdminProblem(
    status: 415,
    title: "Unsupported Media Type",
    detail: "the body has to be application/json"
  )

  static func unprocessable(_ detail: String, field: String? = nil) -> AdminProblem {
    AdminProblem(status: 422, title: "A value is not allowed", detail: detail, field: field)
  }

  static let otherRequest = AdminProblem(
    status: 422,
    title: "The Idempotency-Key was used for another request",
    field: "Idempotency-Key"
  )

  static func unavailable(_ detail: String) -> AdminProblem {
    AdminProblem(
      status: 503,
      title: "The store does not answer",
      detail: detail,
      headers: [("Retry-After", "1")]
    )
  }

  static let unexpected = AdminProblem(status: 500, title: "Internal Server Error")

  /// What is declared is wrong; the field is the JSON Pointer of its place.
  init(_ error: DeclarationError) {
    self = .unprocessable(error.text, field: error.place?.description)
  }

  init(_ error: AdministrationError) {
    switch error {
    case .invalid(let field, let text): self = .unprocessable(text, field: field?.rawValue)
    case .notFound(_, let text): self = AdminProblem(status: 404, title: "Not Found", detail: text)
    case .conflict(let text): self = AdminProblem(status: 409, title: "Conflict", detail: text)
    case .versionMismatch:
      self = AdminProblem(
        status: 412,
        title: "Precondition Failed",
        detail: error.description,
        field: "If-Match"
      )
    // What the store says of itself is for the log of whoever runs it.
    case .unavailable: self = .unavailable("try again later")
    }
  }
}
