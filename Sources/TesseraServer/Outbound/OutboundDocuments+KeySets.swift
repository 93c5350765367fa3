import TesseraFetching
import TesseraJOSE

extension OutboundDocuments {
  /// The key set at a URL, as `PublishedKeySets` reads it.
  package func keySet(at url: String) async -> Result<KeySetDocument, Failure> {
    do throws(Failure) {
      let document = try await document(at: url, upTo: VerificationKeys.maximumSize)
      let lifetime = document.lifetime.components.seconds * 1000
      return .success(KeySetDocument(bytes: document.bytes, lifetime: lifetime))
    } catch {
      return .failure(error)
    }
  }
}
