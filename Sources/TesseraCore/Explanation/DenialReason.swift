/// Why a request was refused, as a step of an explanation: what was found then, and what would change it.
struct DenialReason {
  let step: Explanation.Step
  private let error: OAuthError

  init(of denial: Denial) {
    error = denial.error
    let finding = [error.reason.description, error.privateDetail?.printable].compactMap(\.self)
      .joined(separator: ": ")
    let (subject, remedy) = DenialReason.remedy(of: denial)
    step = .refused(subject, finding, remedy)
  }

  /// Whether it is what registrations and definitions say, which `Explanation` looks at, as opposed to what the request
  /// brought along or when it came.
  var isOfRegistration: Bool {
    switch error.code {
    case .unauthorizedClient, .invalidScope, .invalidTarget: true
    case .invalidClient: Objection(rawValue: error.privateDetail ?? "") != nil
    default: false
    }
  }

  /// Whether the same stands in the way in this explanation.
  func isReason(in present: Explanation) -> Bool {
    guard isOfRegistration, case .refused(_, let code, _) = present.answer, code == error.code.rawValue else {
      return false
    }
    return error.code != .invalidClient || present.steps.first(where: \.isRefused)?.subject == step.subject
  }

  private static func remedy(of denial: Denial) -> (Explanation.Step.Subject, String?) {
    let id = denial.error.clientID?.rawValue ?? "ID"
    switch denial.error.code {
    case .invalidClient: return credentials(of: denial, id)
    case .unauthorizedClient, .unsupportedGrantType:
      return (.grant, "tessera client update \(id) --grant-type client_credentials")
    case .invalidScope: return (.scope, "ask for scopes that the client has: tessera client show \(id)")
    case .invalidTarget: return (.resource, "name APIs that there are: tessera resource list")
    case .slowDown where denial.error.quota?.isRefused == true:
      return (.quota, "ask less often, or tessera client update \(id) --quota N")
    case .slowDown: return (.limit, "ask again after the time that Retry-After says")
    case .temporarilyUnavailable, .serverError:
      return (.server, "ask again; the log and /readyz of the server say what is wrong with it")
    case .invalidDPoPProof:
      return (.request, "send one DPoP proof, made for this request, for the URL that the metadata has")
    case .useDPoPNonce: return (.request, "ask again with a proof that has the nonce of the answer in it")
    case .invalidRequest, .invalidGrant, .unsupportedResponseType, .notFound:
      return (.request, "correct the request")
    }
  }

  private static func isSigned(_ denial: Denial) -> Bool {
    [.privateKeyJWT, .clientSecretJWT].contains(denial.error.authenticationMethod)
  }

  /// Why credentials were not taken.
  private static func credentials(of denial: Denial, _ id: String) -> (Explanation.Step.Subject, String?) {
    switch Objection(rawValue: denial.error.privateDetail ?? "") {
    case .disabled: (.enabled, "tessera client enable \(id)")
    case .expired where isSigned(denial):
      (.secret, "give it another: tessera client key add \(id), or secret add for client_secret_jwt")
    case .expired: (.secret, "tessera client secret add \(id)")
    case .otherAddress:
      (
        .address,
        "tessera client update \(id) --allow-address \(denial.source), with the ranges that it has beside it"
      )
    case .otherMethod: (.authenticationMethod, "authenticate as it is registered: tessera client show \(id)")
    case .profile:
      (
        .authenticationMethod,
        "authenticate by private_key_jwt or a TLS certificate, or tessera client update \(id) --no-profile"
      )
    case nil where denial.error.reason == .credentialsMissing:
      (.authenticationMethod, "send client_id and client_secret, by HTTP Basic or in the form")
    case nil where denial.error.clientID == nil:
      (.client, "send the ID of a client that there is: tessera client list")
    case nil where denial.error.isOfPlatformToken:
      (.secret, "send a new token of the platform that says what is asked: tessera client trust list \(id)")
    case nil where isSigned(denial):
      (.secret, "send an assertion that is as RFC 7523 §3 says, by a key or a secret that the client has")
    case nil: (.secret, "send a secret that works, or make another: tessera client secret add \(id)")
    }
  }
}
