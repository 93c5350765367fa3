package import AsyncHTTPClient
import NIOCore
import NIOPosix
package import NIOSSL

extension HTTPClient {
  /// What pushes events: it follows no redirect, and runs on the process's shared threads, never on those of the public
  /// listener. To be shut down.
  package static func forEvents(trusting roots: NIOSSLTrustRoots) -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = roots
    tls.minimumTLSVersion = .tlsv12
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls,
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(5), read: .seconds(10)),
      decompression: .disabled
    )
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    return HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: configuration
    )
  }
}
