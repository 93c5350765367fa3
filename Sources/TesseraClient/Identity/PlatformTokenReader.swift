import AsyncHTTPClient
import Logging
import NIOCore
import TesseraFetching
import TesseraJOSE
import TesseraSupport

/// The current token of the platform.
struct PlatformTokenReader: Sendable {
  /// The longest token, in characters: more than any platform gives, and less than token endpoints take.
  private static let maximumLength = 32_768
  private static let maximumAnswerSize = 65_536

  private let token: PlatformToken
  private let environment: @Sendable (String) -> String?
  /// What asks over the network.
  private let exchange: ServiceExchange
  /// What asks what is only there for this machine: through no proxy, with no certificate, and following no redirect.
  private let machineExchange: ServiceExchange
  private let last: LastReading<String>

  init(
    _ token: PlatformToken,
    environment: @escaping @Sendable (String) -> String?,
    httpClient: HTTPClient,
    time: Timekeeper,
    logger: Logger
  ) {
    self.token = token
    self.environment = environment
    exchange = ServiceExchange(httpClient: httpClient, time: time)
    machineExchange = ServiceExchange(httpClient: .untilRefused, time: time)
    last = LastReading("the platform's token", logger: logger)
  }

  /// The token as it is now.
  func current(within limit: Duration) async throws(TokenRequestError) -> String {
    switch token.kind {
    case .at(let place): try read(place)
    case .from(let service): try await ask(PlatformRequest(service, environment), limit)
    }
  }

  /// The token, where it lies on this machine; nil for one that has to be asked for.
  func local() throws(TokenRequestError) -> String? {
    if case .at(let place) = token.kind { try read(place) } else { nil }
  }

  private func read(_ place: PlatformToken.Place) throws(TokenRequestError) -> String {
    switch place {
    case .file(let path): try read(path)
    case .fileNamed(let name): try read(variable(name))
    case .variable(let name): try jwt(variable(name), from: name)
    }
  }

  private func variable(_ name: String) throws(TokenRequestError) -> String {
    guard let value = environment(name), !value.isEmpty else {
      throw TokenRequestError(.credentialsUnavailable, message: "the environment variable \(name) is not set")
    }
    return value
  }

  private func read(_ path: String) throws(TokenRequestError) -> String {
    try last.current { _ throws(SecretFile.Failure) in
      let text = try SecretFile.read(path)
      guard PlatformTokenReader.isJWT(text) else { throw SecretFile.Failure(reason: "the file is not a JWT") }
      return text
    }
  }

  private func ask(_ request: PlatformRequest, _ limit: Duration) async throws(TokenRequestError) -> String {
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      answer = try await (request.isOnThisMachine ? machineExchange : exchange).answer(
        within: limit,
        upTo: PlatformTokenReader.maximumAnswerSize,
        mayRepeat: true
      ) { request.http }
    } catch {
      throw TokenRequestError(error, asking: request.name)
    }
    guard answer.status == 200 else {
      let mayPass = answer.status == 408 || answer.status == 429 || answer.status >= 500
      throw TokenRequestError(
        mayPass ? .unreachable : .credentialsUnavailable,
        message: "\(request.name) answered \(answer.status); \(request.advice)"
      )
    }
    return try jwt(request.token(Array(answer.body.readableBytesView)) ?? "", from: request.name)
  }

  private func jwt(_ text: String, from name: String) throws(TokenRequestError) -> String {
    guard PlatformTokenReader.isJWT(text) else {
      throw TokenRequestError(.credentialsUnavailable, message: "what \(name) gives is not a JWT")
    }
    return text
  }

  /// Whether it looks like one (RFC 7515 §7.1): whatever else a file or a server may say is not sent on.
  private static func isJWT(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.count <= maximumLength && parts.count == 3
      && parts.allSatisfy { !$0.isEmpty && Base64URL.decode($0) != nil }
  }
}
