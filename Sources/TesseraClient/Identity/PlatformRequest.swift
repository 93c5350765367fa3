import AsyncHTTPClient
import NIOHTTP1
import TesseraJOSE
import TesseraSupport

/// The question for a token of a platform that gives them out over HTTP.
struct PlatformRequest: Sendable {
  /// How the answer says it.
  private enum Form: Sendable {
    case text
    /// A JSON object with this member.
    case member(String)
  }

  /// Who is asked, as a message calls it.
  let name: String
  /// What to look at when the answer is no.
  let advice: String
  /// Whether it is asked by a link that only this machine has.
  let isOnThisMachine: Bool
  private let url: String
  private let fields: [(String, String)]
  private let form: Form

  var http: HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.headers = HTTPHeaders(fields + [("Accept", "*/*"), ("User-Agent", "TesseraClient")])
    return request
  }

  /// The token of an answer; nil when there is none in it.
  func token(_ body: [UInt8]) -> String? {
    switch form {
    case .text: String(validating: body, as: UTF8.self)?.filter { !$0.isWhitespace }
    case .member(let name): JSON(body)?.members?[name]?.text
    }
  }
}

extension PlatformRequest {
  typealias Environment = @Sendable (String) -> String?

  init(_ service: PlatformToken.Service, _ environment: Environment) throws(TokenRequestError) {
    self =
      switch service {
      case .gitHubActions(let audience): try .gitHubActions(audience: audience, environment)
      case .google(let audience): .google(audience: audience, environment)
      case .azure(let resource, let identity):
        try .azure(resource: resource, identity: identity, environment)
      }
  }

  /// https://docs.github.com/actions/reference/openid-connect-reference
  private static func gitHubActions(
    audience: String,
    _ environment: Environment
  ) throws(TokenRequestError) -> Self {
    let advice = "give the job the permission id-token: write"
    guard let url = environment("ACTIONS_ID_TOKEN_REQUEST_URL"),
      let token = environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN"), isFieldValue(token)
    else {
      throw TokenRequestError(
        .credentialsUnavailable,
        message: "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set; \(advice)"
      )
    }
    // The token in the request is worth something to others.
    guard (try? ServiceURL.parts(of: url, allowsPlainHTTP: false)) != nil else {
      throw TokenRequestError(
        .credentialsUnavailable,
        message: "ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL"
      )
    }
    return PlatformRequest(
      name: "GitHub Actions",
      advice: advice,
      isOnThisMachine: false,
      url: "\(url)\(url.contains("?") ? "&" : "?")audience=\(FormEncoding.encode(audience))",
      fields: [("Authorization", "Bearer \(token)")],
      form: .member("value")
    )
  }

  /// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
  private static func google(audience: String, _ environment: Environment) -> Self {
    let host = environment("GCE_METADATA_HOST") ?? "metadata.google.internal"
    let path = "/computeMetadata/v1/instance/service-accounts/default/identity"
    return PlatformRequest(
      name: "the metadata server of Google Cloud",
      advice: "attach a service account",
      isOnThisMachine: true,
      url: "http://\(host)\(path)?audience=\(FormEncoding.encode(audience))&format=full",
      fields: [("Metadata-Flavor", "Google")],
      form: .text
    )
  }

  /// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token, and
  /// https://learn.microsoft.com/azure/app-service/overview-managed-identity where the variables of that are set.
  private static func azure(
    resource: String,
    identity: String?,
    _ environment: Environment
  ) throws(TokenRequestError) -> Self {
    var query = "resource=\(FormEncoding.encode(resource))"
    if let identity { query += "&client_id=\(FormEncoding.encode(identity))" }
    let advice = "assign a managed identity, and register the resource as an application"
    if let endpoint = environment("IDENTITY_ENDPOINT"), let header = environment("IDENTITY_HEADER") {
      guard isFieldValue(header), (try? ServiceURL.parts(of: endpoint, allowsPlainHTTP: true)) != nil else {
        throw TokenRequestError(
          .credentialsUnavailable,
          message: "IDENTITY_ENDPOINT and IDENTITY_HEADER are not those of Azure"
        )
      }
      return PlatformRequest(
        name: "IDENTITY_ENDPOINT",
        advice: advice,
        isOnThisMachine: true,
        url: "\(endpoint)?api-version=2019-08-01&\(query)",
        fields: [("X-IDENTITY-HEADER", header)],
        form: .member("access_token")
      )
    }
    let host = environment("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254"
    return PlatformRequest(
      name: "the metadata server of Azure",
      advice: advice,
      isOnThisMachine: true,
      url: "\(host)/metadata/identity/oauth2/token?api-version=2018-02-01&\(query)",
      fields: [("Metadata", "true")],
      form: .member("access_token")
    )
  }

  /// What cannot end a header field.
  private static func isFieldValue(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
