import HTTPTypes
import Hummingbird
import TesseraGuardHummingbird

/// Gives errors that have no body, such as 404, one in the form of the others.
struct JSONErrorMiddleware: RouterMiddleware {
  typealias Context = BasicAccessTokenRequestContext

  func handle(
    _ request: Request,
    context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.body == nil {
      var response = try error.response(from: request, context: context)
      let json =
        error.status == .notFound
        ? #"{"error":"not_found","error_description":"There is nothing at this path"}"#
        : #"{"error":"server_error","error_description":"An unexpected error occurred"}"#
      response.headers[.contentType] = "application/json"
      response.body = ResponseBody(byteBuffer: ByteBuffer(string: json))
      return response
    }
  }
}
