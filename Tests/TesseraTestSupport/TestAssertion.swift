import Crypto
import TesseraCore
package import TesseraJOSE
import TesseraSupport

/// A key of a client, with its private half.
package struct TestSigner: Sendable {
  package let algorithm: SigningAlgorithm
  package let key: any SigningKey
  package let id: String?

  package init(_ algorithm: SigningAlgorithm, id: String? = "k1") {
    guard let key = algorithm.generate(.system) else { preconditionFailure("a key is made") }
    self.init(algorithm, key, id: id)
  }

  package init(_ algorithm: SigningAlgorithm, _ key: any SigningKey, id: String?) {
    self.algorithm = algorithm
    self.key = key
    self.id = id
  }

  /// Its public half.
  package var jwk: JWK { JWK(material: key.publicMaterial, keyID: id, algorithm: algorithm) }
}

/// An assertion that a test changes at will: members with their values as JSON, to the letter.
package struct TestAssertion: Sendable {
  package var header: [(String, String)]
  package var claims: [(String, String)]

  package init(header: [(String, String)], claims: [(String, String)]) {
    self.header = header
    self.claims = claims
  }

  /// Replaces a member, or adds it; nil leaves it out.
  package mutating func set(_ name: String, _ json: String?, inHeader isInHeader: Bool = false) {
    func changed(_ members: [(String, String)]) -> [(String, String)] {
      guard let json else { return members.filter { $0.0 != name } }
      guard members.contains(where: { $0.0 == name }) else { return members + [(name, json)] }
      return members.map { $0.0 == name ? (name, json) : $0 }
    }
    if isInHeader { header = changed(header) } else { claims = changed(claims) }
  }

  /// What is signed.
  package func text(by key: TestSigner) -> String { text(algorithm: key.algorithm.name, keyID: key.id) }

  /// The same with a code by a secret.
  package func authenticated(by secret: String) -> String {
    let text = text(algorithm: "HS256", keyID: nil)
    let key = SymmetricKey(data: Array(secret.utf8))
    return text + "."
      + Base64URL.encode(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)))
  }

  private func text(algorithm: String, keyID: String?) -> String {
    var header = header
    func add(_ name: String, _ value: String) {
      if !header.contains(where: { $0.0 == name }) { header.append((name, #""\#(value)""#)) }
    }
    add("alg", algorithm)
    if let keyID { add("kid", keyID) }
    return [header, claims].map { members in
      let object = "{\(members.map { #""\#($0)":\#($1)"# }.joined(separator: ","))}"
      return Base64URL.encode(Array(object.utf8))
    }.joined(separator: ".")
  }

  /// The whole of it.
  package func signed(by key: TestSigner) -> String {
    let text = text(by: key)
    return text + "." + Base64URL.encode(key.key.signature(for: Array(text.utf8)) ?? [])
  }
}

extension TestServer {
  /// Makes these the keys of a client.
  package func register(_ keys: [TestSigner], of client: TestClient, until end: Timestamp? = nil) async throws
  {
    let registered = keys.enumerated().map { index, key in
      ClientKey(
        name: "key \(index)",
        material: .key(key.jwk),
        createdAt: clocks.wall.now,
        expiresAt: end
      )
    }
    try await change(client) { $0.keyMetadata.keys = registered }
  }

  /// The time in whole seconds.
  package var seconds: Int64 { clocks.wall.now.milliseconds / 1000 }

  /// An assertion of a client that is as it has to be.
  package func assertion(of client: TestClient) -> TestAssertion {
    TestAssertion(
      header: [],
      claims: [
        ("iss", #""\#(client.id.rawValue)""#), ("sub", #""\#(client.id.rawValue)""#),
        ("aud", #""\#(TestServer.issuer)""#), ("exp", "\(seconds + 60)"), ("iat", "\(seconds)"),
        ("jti", #""\#(ClientID.random(using: .system).rawValue)""#),
      ]
    )
  }
}

extension TestClient {
  /// The type of an assertion.
  package static let jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// A token request with an assertion, and nothing else about the client.
  package func tokenRequest(signed assertion: String, _ changes: [String: String?] = [:]) -> TestRequest {
    let usual: [String: String?] = [
      "client_id": nil, "client_secret": nil, "client_assertion": assertion,
      "client_assertion_type": TestClient.jwtBearer,
    ]
    return tokenRequest(usual.merging(changes) { $1 })
  }
}
