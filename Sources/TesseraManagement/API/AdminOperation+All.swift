extension AdminOperation {
  /// Everything that the management API does.
  ///
  /// A new operation is one value in its file, and one line where its callers are tested.
  static let all: [AdminOperation] =
    server + clients + explanations + secrets + clientKeys + clientTrusts + scopes + resources + keys + tokens
    + audit
    + usage + decisions + declarations + imports + notifications

  /// The parameters of a list that is told in parts.
  static let paging = [
    AdminField(
      "limit",
      .integer,
      "The most elements to list, 1 to 500; 100 unless it is given",
      of: AdminSchema.number(from: 1, through: 500)
    ),
    AdminField("cursor", .text, "Where the list goes on: from the Link of the part before"),
  ]
}

extension AdminRequest {
  /// The most elements that the caller wants.
  func limit() throws(AdminProblem) -> Int {
    let limit = query.integer("limit") ?? 100
    guard (1...500).contains(limit) else { throw .badRequest("it has to be 1 to 500", field: "limit") }
    return limit
  }
}
