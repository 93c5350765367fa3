import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
package import NIOSSL
package import TesseraCore
package import TesseraFetching
import TesseraJOSE
package import TesseraSupport

/// Fetches documents from URLs that somebody has registered, within rules of where they may be.
///
/// A name is resolved once, its addresses are checked, and the connection is made to one that was checked, so that a name
/// that resolves otherwise at a second look gains nothing (DNS rebinding). TLS still asks for the name. There are no
/// redirects.
package struct OutboundDocuments: Sendable {
  /// Why there is no document, for operators.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
      self.description = description
    }
  }

  package typealias Resolve = @Sendable (_ name: String) -> [SourceAddress]

  /// The most addresses of a name that are tried.
  private static let mostAddresses = 3

  private let rules: OutboundRules
  private let roots: NIOSSLTrustRoots
  private let resolve: Resolve
  private let time: Timekeeper
  private let patience: Duration

  /// `patience` is how long a document may take, from the resolution of the name to the last byte.
  package init(
    rules: OutboundRules,
    roots: NIOSSLTrustRoots,
    patience: Duration = .seconds(5),
    time: Timekeeper = Timekeeper(ContinuousClock()),
    resolve: @escaping Resolve = HostAddresses.of
  ) {
    self.rules = rules
    self.roots = roots
    self.patience = patience
    self.time = time
    self.resolve = resolve
  }

  /// What is at a URL, of at most `maximumSize` bytes.
  package func document(
    at text: String,
    upTo maximumSize: Int
  ) async throws(Failure) -> DocumentFetcher.Document {
    guard let url = OutboundURL(text) else {
      throw Failure(
        description: "it is not an https URL with a host in lower case, and without user and fragment"
      )
    }
    guard rules.allowsHost(of: url) else {
      throw Failure(description: "its host is not among outbound.allowed-hosts")
    }
    let deadline = time.now + patience
    let addresses = try await addresses(of: url)
    var last = Failure(description: "it cannot be reached")
    for address in addresses.prefix(OutboundDocuments.mostAddresses) {
      let rest = deadline - time.now
      guard rest > .zero else { throw OutboundDocuments.timedOut }
      do throws(Failure) {
        return try await document(at: url, address, within: rest, upTo: maximumSize)
      } catch {
        last = error
      }
    }
    throw last
  }

  /// Those of its addresses that may be connected to; at least one.
  private func addresses(of url: OutboundURL) async throws(Failure) -> [SourceAddress] {
    let all: [SourceAddress]
    if let address = url.address {
      all = [address]
    } else {
      do {
        // The system's resolver cannot be cancelled: its thread ends when it does.
        all = try await time.run(within: patience) { [resolve] in
          await withUnsafeContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: resolve(url.host)) }
          }
        }
      } catch {
        throw OutboundDocuments.timedOut
      }
    }
    guard !all.isEmpty else { throw Failure(description: "its host has no address") }
    let allowed = all.filter(rules.allows)
    guard !allowed.isEmpty else {
      throw Failure(
        description:
          "its host is at \(all[0]), which is no address on the Internet; outbound.allowed-hosts can allow it"
      )
    }
    return allowed
  }

  private func document(
    at url: OutboundURL,
    _ address: SourceAddress,
    within limit: Duration,
    upTo maximumSize: Int
  ) async throws(Failure) -> DocumentFetcher.Document {
    // One client for each exchange, because it is the client that knows the address.
    let client = HTTPClient.asking(url.host, at: address, trusting: roots)
    let fetcher = DocumentFetcher(
      httpClient: client,
      time: time,
      timeout: limit,
      userAgent: "tessera/\(Version.current)"
    )
    let result: Result<DocumentFetcher.Document, DocumentFetcher.Failure>
    do throws(DocumentFetcher.Failure) {
      result = .success(try await fetcher.document(at: url.text, upTo: maximumSize))
    } catch {
      result = .failure(error)
    }
    try? await client.shutdown()
    do throws(DocumentFetcher.Failure) {
      return try result.get()
    } catch {
      throw OutboundDocuments.failure(error, maximumSize)
    }
  }

  private static let timedOut = Failure(description: "it did not answer in time")

  private static func failure(_ failure: DocumentFetcher.Failure, _ maximumSize: Int) -> Failure {
    switch failure {
    case .status(let status, _) where (300..<400).contains(status):
      Failure(description: "it redirects, which is not followed")
    case .status(let status, _): Failure(description: "it answers \(status), not 200")
    case .exchange(.redirected): Failure(description: "it redirects, which is not followed")
    case .exchange(.tooLarge): Failure(description: "it answers with more than \(maximumSize) bytes")
    case .exchange(.timedOut): timedOut
    case .exchange(.unreachable(let detail)):
      Failure(description: "it cannot be reached: \(detail.printable)")
    }
  }
}

extension HTTPClient {
  /// What asks one host, at this address and nowhere else; to be shut down.
  fileprivate static func asking(
    _ host: String,
    at address: SourceAddress,
    trusting roots: NIOSSLTrustRoots
  ) -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = roots
    tls.minimumTLSVersion = .tlsv12
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls,
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(3), read: .seconds(5)),
      decompression: .disabled
    )
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    configuration.dnsOverride = [host: address.description]
    return HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: configuration
    )
  }
}
