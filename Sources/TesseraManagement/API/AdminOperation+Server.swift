import TesseraCore

extension AdminOperation {
  /// What there is to know of the server itself.
  static let server: [AdminOperation] = [
    AdminOperation(
      name: "showServer",
      method: "GET",
      path: "/admin/v1/server",
      scope: .read,
      summary:
        "Show the server: its issuer, its version, and the times that it is configured for, in seconds.",
      outcome: .shown(.server)
    ) { request in .shown(request.facts) }
  ]
}
