import AsyncHTTPClient
import NIOCore

extension TokenRequestError {
  /// What an error of the HTTP client means.
  ///
  /// Its text is not passed on unless it is known to be fixed, because it could quote the request.
  init(transport error: any Error) {
    switch error {
    case let error as TokenRequestError:
      self = error
    case is TokenRequester.Redirected:
      self.init(.malformedAnswer, message: "the token service redirects elsewhere, which is not followed")
    case is NIOTooManyBytesError:
      self.init(.malformedAnswer, message: "the token service sent an answer that is too large")
    case is Timekeeper.TimedOut:
      self.init(.timedOut, message: "the token service did not answer in time")
    case let error as HTTPClientError:
      self.init(.unreachable, message: "the token service cannot be reached: \(error.shortDescription)")
    case let error as IOError:
      self.init(.unreachable, message: "the token service cannot be reached: \(error.description)")
    default:
      self.init(.unreachable, message: "the token service cannot be reached: \(type(of: error))")
    }
  }
}
