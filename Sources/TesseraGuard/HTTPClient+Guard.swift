import AsyncHTTPClient

extension HTTPClient {
  /// What asks when an API brings no client of its own; lives as long as the process, as `HTTPClient.shared` does.
  ///
  /// That one keeps trying to connect until the request's time is over, so that every request of the API would
  /// take that long while the token service is down.
  static let guardDefault: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(configuration: configuration)
  }()
}
