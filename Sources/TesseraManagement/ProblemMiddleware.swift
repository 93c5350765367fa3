import HTTPTypes
import Hummingbird
import TesseraCore

/// Says what went wrong as a problem (RFC 9457), and nothing of what was sent or thrown.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request,
    context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let response = await answer(request, context, next)
    // Nobody else leaves out the body, and the next answer would be taken for it.
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    _ request: Request,
    _ context: Context,
    _ next: (Request, Context) async throws -> Response
  ) async -> Response {
    do {
      return try await next(request, context)
    } catch let error as any HTTPResponseError {
      return ProblemMiddleware.problem(error.status)
    } catch {
      return ProblemMiddleware.problem(.internalServerError)
    }
  }

  private static func problem(_ status: HTTPResponse.Status) -> Response {
    .json(
      .object([
        .init("type", .string("about:blank")), .init("title", .string(status.reasonPhrase)),
        .init("status", .integer(status.code)),
      ]),
      status: status,
      contentType: "application/problem+json"
    )
  }
}
