public import NIOSSL
import TesseraSupport

/// A certificate and its key, by which a client proves who it is (RFC 8705 §2), or that a token is its own (§3).
///
///     var settings = ClientCredentialsTokenSource.Settings()
///     settings.certificate = ClientCertificate(file: "/etc/app/tls.crt", keyFile: "/etc/app/tls.key")
///     let tokens = try ClientCredentialsTokenSource(
///       tokenEndpoint: "https://mtls.login.example.com/oauth2/token",
///       identity: .certificate(clientID: "app"),
///       settings: settings
///     )
///
/// The files are read before each token request, so that a renewed certificate counts from the next on. A call of an API
/// shows the certificate with which its token was got.
public struct ClientCertificate: Sendable {
  let file: String
  let keyFile: String
  let configuration: TLSConfiguration

  /// A certificate and its key in files.
  ///
  /// - Parameters:
  ///   - file: A file in PEM with the certificate first, and then those between it and the root.
  ///   - keyFile: A file in PEM with its private key, without a passphrase; may be the same.
  ///   - configuration: What else connections are to be like; it stands in for that of the HTTP client.
  public init(
    file: String,
    keyFile: String,
    configuration: TLSConfiguration = .makeClientConfiguration()
  ) {
    self.file = file
    self.keyFile = keyFile
    self.configuration = configuration
  }

  /// Connections that show the certificate, as the files are now; for an HTTP client of your own.
  ///
  /// - Throws: When the files cannot be read, or do not belong together.
  public func tlsConfiguration() throws(InvalidClientCertificate) -> TLSConfiguration {
    do throws(SecretFile.Failure) {
      return try tlsConfiguration(SecretFile.read(file), key: SecretFile.read(keyFile))
    } catch {
      throw InvalidClientCertificate(reason: error.reason)
    }
  }

  /// Connections that show this certificate, in PEM.
  func tlsConfiguration(_ certificate: String, key: String) throws(SecretFile.Failure) -> TLSConfiguration {
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)), !chain.isEmpty else {
      throw SecretFile.Failure(reason: "the file has no certificate in PEM")
    }
    guard let privateKey = try? NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem) else {
      throw SecretFile.Failure(reason: "the key file has no private key in PEM without a passphrase")
    }
    var configuration = configuration
    configuration.certificateChain = chain.map { .certificate($0) }
    configuration.privateKey = .privateKey(privateKey)
    var trial = configuration
    // The authorities of the machine are many, and say nothing about whether the two belong together.
    trial.trustRoots = .certificates([])
    trial.additionalTrustRoots = []
    guard (try? NIOSSLContext(configuration: trial)) != nil else {
      throw SecretFile.Failure(reason: "the key is not that of the certificate")
    }
    return configuration
  }
}
