package import AsyncHTTPClient

extension HTTPClient {
  /// What asks when a program brings no client of its own; lives as long as the process, as `HTTPClient.shared` does.
  ///
  /// That one keeps trying to connect until the request's time is over, so that every request of the program would
  /// take that long while the service is down. It follows no redirect.
  package static let untilRefused: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(configuration: configuration)
  }()
}
