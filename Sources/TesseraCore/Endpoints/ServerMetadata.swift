import TesseraJOSE
import TesseraSupport

/// The members of authorization server metadata (RFC 8414 §2), derived from what the server consists of, so that
/// what is advertised is what runs.
struct ServerMetadata: Sendable {
  private let fixed: [(name: String, value: String)]

  /// Metadata of a server with these endpoints.
  init(
    issuer: IssuerIdentifier,
    endpoints: [any Endpoint],
    grantTypes: [GrantType],
    authenticationMethods: [ClientAuthenticationMethod],
    proofAlgorithms: [SigningAlgorithm],
    signingAlgorithms: [String],
    documentation: String?,
    clientCertificates: ClientCertificateUse?
  ) {
    var members = [(name: "issuer", value: ServerMetadata.string(issuer.text))]
    let methods = ServerMetadata.array(authenticationMethods.map(\.rawValue))
    for endpoint in endpoints {
      guard let name = endpoint.metadataMember?.description else { continue }
      members.append((name, ServerMetadata.string(issuer.url(endpoint.path))))
      guard endpoint.authenticatesClients else { continue }
      members.append((name + "_auth_methods_supported", methods))
      // Required for methods that sign, and not allowed to be empty (RFC 8414 §2, §3.2).
      guard !signingAlgorithms.isEmpty else { continue }
      members.append((name + "_auth_signing_alg_values_supported", ServerMetadata.array(signingAlgorithms)))
    }
    members.append(("grant_types_supported", ServerMetadata.array(grantTypes.map(\.name))))
    // REQUIRED by RFC 8414 §2, which allows no empty array (§3.2). `none` is a registered response type; the
    // authorization endpoint refuses even that.
    members.append(("response_types_supported", ServerMetadata.array(["none"])))
    // REQUIRED by OpenID Connect Discovery §3, as the algorithms below: clients check that they are there.
    members.append(("subject_types_supported", ServerMetadata.array(["public"])))
    // RFC 9449 §5.1.
    members.append(("dpop_signing_alg_values_supported", ServerMetadata.array(proofAlgorithms.map(\.name))))
    if let documentation { members.append(("service_documentation", ServerMetadata.string(documentation))) }
    if let clientCertificates {
      // RFC 8705 §3.3 and §5.
      members.append(("tls_client_certificate_bound_access_tokens", "true"))
      if let base = clientCertificates.baseURL {
        let aliases = endpoints.compactMap { endpoint in
          endpoint.authenticatesClients
            ? endpoint.metadataMember.map { ("\($0)", base + endpoint.path) } : nil
        }
        members.append(("mtls_endpoint_aliases", ServerMetadata.object(aliases)))
      }
    }
    fixed = members
  }

  /// The document, with the scopes that are granted and the algorithms that are in use.
  func json(_ facts: ReplicaFacts) -> [UInt8] {
    let scopes = facts.scopes.keys.filter { facts.granted($0) != nil }.sorted().map(\.name)
    let algorithms = facts.keyRing.publicKeys.commonlyRead.algorithms
    var members = fixed
    if !algorithms.isEmpty {
      let names = ServerMetadata.array(algorithms.map(\.name))
      members.append(("id_token_signing_alg_values_supported", names))
    }
    if !scopes.isEmpty { members.append(("scopes_supported", ServerMetadata.array(scopes))) }
    return Array("{\(members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))}".utf8)
  }

  private static func string(_ text: String) -> String {
    var json = JSONText(capacity: text.utf8.count + 2)
    json.append(#"""#)
    json.append(escaped: text)
    json.append(#"""#)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func object(_ members: [(name: String, text: String)]) -> String {
    "{\(members.map { "\"\($0.name)\":\(string($0.text))" }.joined(separator: ","))}"
  }

  private static func array(_ texts: [String]) -> String {
    "[\(texts.map(string).joined(separator: ","))]"
  }
}
