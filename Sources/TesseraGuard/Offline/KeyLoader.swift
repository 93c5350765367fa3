import Synchronization
import TesseraFetching
import TesseraJOSE
import TesseraSupport

/// Reads what a token service publishes for whoever verifies its tokens: metadata (RFC 8414) and keys (RFC 7517).
final class KeyLoader: Sendable {
  /// What was read.
  struct Publication: Sendable {
    let keys: VerificationKeys
    /// Nil when there is none.
    let revocationFeedURL: String?
    /// How long it may be used before it is read again.
    let lifetime: Duration
  }

  let issuer: IssuerURL
  let time: Timekeeper
  private let fetcher: DocumentFetcher
  private let settings: AccessTokenVerifier.Settings
  /// The metadata, as long as its header allows.
  private let known = Mutex<(metadata: ServiceMetadata, until: Duration)?>(nil)

  init(
    issuer: IssuerURL,
    fetcher: DocumentFetcher,
    time: Timekeeper,
    settings: AccessTokenVerifier.Settings
  ) {
    self.issuer = issuer
    self.fetcher = fetcher
    self.time = time
    self.settings = settings
  }

  /// The keys as they are now.
  func load() async throws(FetchFailure) -> Publication {
    let metadata = try await metadata()
    var documents = [try await keySet(at: metadata.keySetURL)]
    if let url = metadata.postQuantumKeySetURL, readsPostQuantumKeys {
      documents.append(try await keySet(at: url))
    }
    // No key at all is a mistake there, and would make every token invalid here.
    guard let keys = VerificationKeys(documents.map(\.bytes)) else {
      throw FetchFailure(.malformedAnswer, of: .keySet)
    }
    return Publication(
      keys: keys,
      revocationFeedURL: metadata.revocationFeedURL,
      lifetime: documents.map(\.lifetime).min() ?? .zero
    )
  }

  /// What is at this URL of the token service.
  func document(
    at url: String,
    of source: Outage.Source,
    upTo maximumSize: Int
  ) async throws(FetchFailure) -> DocumentFetcher.Document {
    do throws(DocumentFetcher.Failure) {
      return try await fetcher.document(at: url, upTo: maximumSize)
    } catch {
      throw FetchFailure(error, of: source, longestPause: settings.longestPause)
    }
  }

  private func keySet(at url: String) async throws(FetchFailure) -> DocumentFetcher.Document {
    try await document(at: url, of: .keySet, upTo: VerificationKeys.maximumSize)
  }

  /// Whether tokens may be signed by what is in that set.
  private var readsPostQuantumKeys: Bool { settings.algorithms.contains(SigningAlgorithm.mlDSA65.name) }

  private func metadata() async throws(FetchFailure) -> ServiceMetadata {
    let now = time.now
    if let known = known.withLock({ $0 }), now < known.until { return known.metadata }
    let document = try await document(
      at: issuer.metadataURL,
      of: .metadata,
      upTo: ServiceMetadata.maximumSize
    )
    let metadata = try ServiceMetadata(
      document.bytes,
      of: issuer,
      allowsPlainHTTP: settings.allowsPlainHTTP
    )
    known.withLock { $0 = (metadata, now + document.lifetime) }
    return metadata
  }
}
