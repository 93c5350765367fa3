/// What one token request proves by who the client is.
struct ClientProof: Sendable {
  /// Client ID and secret for HTTP Basic.
  struct Basic: Sendable {
    let clientID: String
    let secret: String
  }

  /// Parameters of the form.
  var form: [(name: String, value: String)] = []
  var basic: Basic?
  /// What must not come back in a message: a secret or an assertion; empty for none.
  var secret = ""
  let version: CredentialsVersion

  init(_ credentials: ClientCredentials, _ authentication: ClientAuthentication) {
    switch authentication {
    case .clientSecretPost:
      form = [("client_id", credentials.clientID), ("client_secret", credentials.clientSecret)]
    case .clientSecretBasic:
      basic = Basic(clientID: credentials.clientID, secret: credentials.clientSecret)
    }
    secret = credentials.clientSecret
    version = .secret(credentials)
  }

  /// RFC 7521 §4.2.
  init(assertion: String, _ type: AssertionType, clientID: String?, _ version: CredentialsVersion) {
    if let clientID { form.append(("client_id", clientID)) }
    form += [("client_assertion_type", type.rawValue), ("client_assertion", assertion)]
    secret = assertion
    self.version = version
  }

  /// A certificate proves it (RFC 8705 §2).
  init(clientID: String) {
    form = [("client_id", clientID)]
    version = .fixed
  }
}
