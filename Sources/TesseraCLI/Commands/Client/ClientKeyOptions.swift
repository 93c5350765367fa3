import ArgumentParser
import TesseraCore

/// What a client proves itself by beside secrets, and what its tokens are bound to.
struct ClientKeyOptions: ParsableArguments {
  @Option(
    name: .customLong("jwks"),
    help: ArgumentHelp(
      "A file with its public keys, as a JWK Set, a JWK or PEM; - for standard input; may be repeated.",
      valueName: "file"
    ),
    completion: .file()
  )
  var jwks: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where the server finds its public keys, instead of --jwks: an https URL of a JWK Set.",
      valueName: "url"
    )
  )
  var jwksURI: String?

  @Option(
    name: .customLong("certificate"),
    help: ArgumentHelp(
      "A file with its certificate in PEM, by which it authenticates in TLS; may be repeated.",
      valueName: "file"
    ),
    completion: .file()
  )
  var certificates: [String] = []

  @Option(
    help: ArgumentHelp(
      "Whom a certificate of an authority has to name: dn=NAME (its subject, by RFC 4514), dns=HOST, uri=URI, ip=ADDRESS or "
        + "email=ADDRESS (a subjectAltName).",
      valueName: "kind=name"
    )
  )
  var certificateSubject: String?

  @Flag(name: .customLong("dpop-bound"), help: "Issue it only tokens that are bound to its key by DPoP.")
  var isDPoPBound = false

  @Flag(
    name: .customLong("certificate-bound"),
    help: "Issue it only tokens that are bound to its TLS certificate."
  )
  var isCertificateBound = false

  @Flag(help: "Take only assertions of it that are for the issuer itself and expire within 5 minutes.")
  var strictAssertions = false

  @Option(help: "Hold it to a profile: fapi2, the FAPI 2.0 Security Profile.")
  var profile: SecurityProfile?

  func validate() throws {
    guard jwks.isEmpty || jwksURI == nil else {
      throw ValidationError("--jwks cannot be used with --jwks-uri: the keys are here, or there")
    }
  }

  /// What is given, as a change; a client that has keys gets those of the files instead.
  func change() throws -> ClientKeyChange {
    var change = ClientKeyChange()
    if !jwks.isEmpty { change.keys = try jwks.flatMap { try PublicKeyFile.keys(at: $0) } }
    if !certificates.isEmpty {
      change.certificates = try certificates.flatMap { try PublicKeyFile.certificate(at: $0) }
    }
    if let jwksURI { change.keySetURL = .some(try KeySetURL(jwksURI)) }
    if let certificateSubject {
      change.certificateSubject = .some(try ClientKeyOptions.subject(certificateSubject))
    }
    if isDPoPBound { change.isDPoPBound = true }
    if isCertificateBound { change.isCertificateBound = true }
    if strictAssertions { change.requiresStrictAssertions = true }
    if let profile { change.profile = .some(profile) }
    return change
  }

  private static func subject(_ text: String) throws -> CertificateSubject? {
    let parts = text.split(separator: "=", maxSplits: 1)
    let kinds = [
      "dn": "subject_dn", "dns": "san_dns", "uri": "san_uri", "ip": "san_ip", "email": "san_email",
    ]
    guard parts.count == 2, let kind = kinds[String(parts[0])] else {
      throw ValidationError(
        "--certificate-subject is one of dn=NAME, dns=HOST, uri=URI, ip=ADDRESS and email=ADDRESS"
      )
    }
    return try CertificateSubject.of(["tls_client_auth_\(kind)": String(parts[1])])
  }
}

extension SecurityProfile: ExpressibleByArgument {}

/// The same taken away from a client that has it.
struct ClientKeyRemoval: ParsableArguments {
  @Flag(name: .customLong("no-jwks"), help: "Remove its public keys.")
  var noKeys = false

  @Flag(help: "Look for its public keys nowhere else.")
  var noJwksURI = false

  @Flag(help: "Remove its certificates.")
  var noCertificate = false

  @Flag(help: "Admit it by no certificate of an authority.")
  var noCertificateSubject = false

  @Flag(name: .customLong("no-dpop-bound"), help: "Issue it tokens without DPoP, too.")
  var noDPoPBound = false

  @Flag(help: "Issue it tokens that are not bound to a certificate, too.")
  var noCertificateBound = false

  @Flag(help: "Take also assertions of it that are for a token endpoint, or expire within an hour.")
  var noStrictAssertions = false

  @Flag(help: "Hold it to no profile.")
  var noProfile = false

  /// What is given, with what is taken away.
  func change(_ options: ClientKeyOptions) throws -> ClientKeyChange {
    let both = [
      (noKeys && !options.jwks.isEmpty, "jwks"), (noJwksURI && options.jwksURI != nil, "jwks-uri"),
      (noCertificate && !options.certificates.isEmpty, "certificate"),
      (noCertificateSubject && options.certificateSubject != nil, "certificate-subject"),
      (noDPoPBound && options.isDPoPBound, "dpop-bound"),
      (noCertificateBound && options.isCertificateBound, "certificate-bound"),
      (noStrictAssertions && options.strictAssertions, "strict-assertions"),
      (noProfile && options.profile != nil, "profile"),
    ]
    if let name = both.first(where: \.0)?.1 {
      throw ValidationError("--no-\(name) cannot be used with --\(name)")
    }
    var change = try options.change()
    if noKeys { change.keys = [] }
    if noJwksURI { change.keySetURL = .some(nil) }
    if noCertificate { change.certificates = [] }
    if noCertificateSubject { change.certificateSubject = .some(nil) }
    if noDPoPBound { change.isDPoPBound = false }
    if noCertificateBound { change.isCertificateBound = false }
    if noStrictAssertions { change.requiresStrictAssertions = false }
    if noProfile { change.profile = .some(nil) }
    return change
  }
}

/// Public keys and certificates in files.
enum PublicKeyFile {
  static func keys(
    at path: String,
    named name: DisplayName? = nil,
    lifetime: SecretLifetime? = nil
  ) throws -> [NewClientKey] {
    let document = try read(path, "public keys") { text throws(AdministrationError) in
      try PublicKeyDocument(keys: text)
    }
    guard name == nil || document.materials.count == 1 else {
      throw CommandFailure(
        "\(path) has several keys, which cannot all be called '\(name?.text ?? "")'",
        .usage
      )
    }
    return document.newKeys(named: name, lifetime: lifetime)
  }

  static func certificate(
    at path: String,
    named name: DisplayName? = nil,
    lifetime: SecretLifetime? = nil
  ) throws -> [NewClientKey] {
    try read(path, "a certificate") { text throws(AdministrationError) in
      try PublicKeyDocument(certificate: text)
    }.newKeys(named: name, lifetime: lifetime)
  }

  private static func read(
    _ path: String,
    _ whatItIs: String,
    _ read: (String) throws(AdministrationError) -> PublicKeyDocument
  ) throws -> PublicKeyDocument {
    let text = try InputText.read(path, whatItIs: whatItIs)
    do throws(AdministrationError) {
      return try read(text)
    } catch {
      throw CommandFailure("\(path == "-" ? "standard input" : path): \(error)", error.exitCode)
    }
  }
}
