package import TesseraCore
import TesseraManagement

/// The reference of the management API.
package enum ManagementReference {
  /// The page `docs/api.md`.
  package static var markdown: String { APIReference.markdown }

  /// The OpenAPI document of a server with this configuration.
  package static func document(_ configuration: ServerConfiguration) -> JSONValue {
    APIReference.document(
      version: Version.current,
      tokenEndpoint: configuration.facts(of: configuration.issuerInUse).tokenEndpoint
    )
  }
}
