import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import TesseraCore

/// Hands what is below `/admin` to the management API: all of it, so that nothing there is anonymous.
struct AdminMiddleware: RouterMiddleware {
  typealias Context = ManagementContext

  let api: AdminAPI
  /// Whether what everybody may read otherwise needs a token, too.
  let requiresToken: Bool

  /// What never needs a token, as it is written: the router takes `/metrics/` and `//metrics` for `/metrics`, so what
  /// needs one is not listed.
  private static let open = ["/livez", "/readyz", "/startupz", ProtectedResourceRoute.path]

  func handle(
    _ request: Request,
    context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let path = request.uri.path
    let isAdministration = path == AdminAPI.prefix || path.hasPrefix(AdminAPI.prefix + "/")
    let isGuarded = requiresToken && !Self.open.contains(path)
    guard isAdministration || isGuarded else { return try await next(request, context) }
    let call = AdminMiddleware.call(request, from: context.address)
    do throws(AdminProblem) {
      guard isAdministration else {
        let (_, caller) = try await api.admit(call)
        guard caller.may(.read) else { throw .insufficientScope(.read) }
        return try await AdminMiddleware.unguarded(request, context, next)
      }
      return AdminMiddleware.response(try await api.answer(call))
    } catch {
      return AdminMiddleware.response(error)
    }
  }

  private static func unguarded(
    _ request: Request,
    _ context: Context,
    _ next: (Request, Context) async throws -> Response
  ) async throws(AdminProblem) -> Response {
    do {
      return try await next(request, context)
    } catch {
      throw .unexpected
    }
  }

  private static func call(_ request: Request, from address: String?) -> AdminCall {
    let (headers, body) = (request.headers, request.body)
    return AdminCall(
      // A HEAD is answered as a GET, without the body.
      method: request.method == .head ? "GET" : request.method.rawValue,
      path: request.uri.path,
      query: request.uri.query,
      headers: { name in HTTPField.Name(name).map { headers[values: $0] } ?? [] },
      address: address,
      body: { limit async throws(AdminProblem) in
        do {
          let buffer = try await body.collect(upTo: limit)
          return Array(buffer: buffer)
        } catch {
          throw .tooLarge(limit)
        }
      }
    )
  }

  private static func response(_ answer: AdminAnswer) -> Response {
    var response =
      if let lines = answer.lines {
        Response.lines(lines)
      } else if let json = answer.json {
        Response.json(json, status: HTTPResponse.Status(code: answer.status))
      } else {
        Response(status: HTTPResponse.Status(code: answer.status), headers: [.cacheControl: "no-store"])
      }
    if let version = answer.version { response.headers[.eTag] = "\"\(version)\"" }
    if let location = answer.location { response.headers[.location] = location }
    if let next = answer.next, let link = HTTPField.Name("Link") { response.headers[link] = next }
    return response
  }

  static func response(_ problem: AdminProblem) -> Response {
    var response = Response.json(
      problem.json,
      status: HTTPResponse.Status(code: problem.status),
      contentType: "application/problem+json"
    )
    for (name, value) in problem.headers {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    return response
  }
}
