import TesseraCore

extension Client {
  /// Says what it means that it authenticates by `client_secret_jwt`, where it does.
  func warnWhenSecretsAreKept() {
    guard authenticationMethod == .clientSecretJWT else { return }
    Console.warn(
      "for client_secret_jwt the secrets of client \(id) are kept encrypted by the master key instead of hashed: whoever "
        + "has both has them; private_key_jwt shares no secret"
    )
  }
}
