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
