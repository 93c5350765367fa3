package import TesseraCore
import TesseraFetching
import TesseraJOSE

extension OutboundDocuments {
  /// The largest metadata of an issuer that is read, in bytes.
  private static let largestMetadata = 65_536

  /// The key set at a place, as `PublishedKeySets` reads it.
  package func keySet(at location: KeySetLocation) async -> Result<KeySetDocument, Failure> {
    do throws(Failure) {
      let url =
        switch location {
        case .url(let url), .bundle(let url): url
        case .issuer(let issuer): try await keySetURL(of: issuer)
        }
      let document = try await document(at: url, upTo: VerificationKeys.maximumSize)
      let lifetime = document.lifetime.components.seconds * 1000
      return .success(KeySetDocument(bytes: document.bytes, lifetime: lifetime))
    } catch {
      return .failure(error)
    }
  }

  /// Where an issuer says that its keys are (OpenID Connect Discovery 1.0 §4).
  private func keySetURL(of issuer: String) async throws(Failure) -> String {
    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    let document = try await document(
      at: base + "/.well-known/openid-configuration",
      upTo: OutboundDocuments.largestMetadata
    )
    guard let metadata = JSON(document.bytes)?.members else {
      throw Failure(description: "its metadata is no JSON object")
    }
    // Who names another has its keys, not those of this one (§4.3).
    guard metadata.has("issuer", issuer) else {
      throw Failure(description: "its metadata names another issuer")
    }
    guard let url = metadata.text("jwks_uri") else {
      throw Failure(description: "its metadata has no jwks_uri")
    }
    return url
  }
}
