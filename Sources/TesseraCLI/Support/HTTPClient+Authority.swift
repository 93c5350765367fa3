import AsyncHTTPClient
import NIOCore
import NIOSSL
import TesseraCore

extension HTTPClient.Configuration {
  /// What asks a server and follows no redirect, as it carries a secret.
  ///
  /// `authorityFile` has authorities to trust besides those of this machine.
  init(trusting authorityFile: String?) throws {
    self.init(redirectConfiguration: .disallow)
    timeout.connect = .seconds(5)
    connectionPool.retryConnectionEstablishment = false
    guard let authorityFile else { return }
    do {
      let authorities = try NIOSSLCertificate.fromPEMFile(authorityFile)
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.certificates(authorities)]
      tlsConfiguration = tls
    } catch {
      throw CommandFailure(
        "\(authorityFile.printable) holds no certificate in PEM that can be read",
        .usage
      )
    }
  }
}
