/// Where a platform gives what runs on it a JWT that says what it is.
///
/// It is asked for before each token request, and kept nowhere.
public struct PlatformToken: Sendable, Hashable {
  /// Where it lies.
  enum Place: Sendable, Hashable {
    case file(String)
    case fileNamed(variable: String)
    case variable(String)
  }

  /// Who is asked for it.
  enum Service: Sendable, Hashable {
    case gitHubActions(audience: String)
    case google(audience: String)
    case azure(resource: String, identity: String?)
  }

  enum Kind: Sendable, Hashable {
    case at(Place)
    case from(Service)
  }

  let kind: Kind

  /// A file that the platform replaces before the token in it ends: a projected service account token of Kubernetes, or a
  /// JWT-SVID that an agent of SPIFFE writes.
  public static func file(_ path: String) -> PlatformToken { PlatformToken(kind: .at(.file(path))) }

  /// A file that an environment variable names, such as `AWS_WEB_IDENTITY_TOKEN_FILE` of Amazon EKS or
  /// `AZURE_FEDERATED_TOKEN_FILE` of AKS.
  public static func file(namedBy variable: String) -> PlatformToken {
    PlatformToken(kind: .at(.fileNamed(variable: variable)))
  }

  /// An environment variable, as the `id_tokens` of a GitLab job are.
  public static func environment(_ variable: String) -> PlatformToken {
    PlatformToken(kind: .at(.variable(variable)))
  }

  /// The ID token of a job of GitHub Actions that has the permission `id-token: write`.
  ///
  /// - Parameter audience: The `aud` that the token service expects, usually its issuer.
  public static func gitHubActions(audience: String) -> PlatformToken {
    PlatformToken(kind: .from(.gitHubActions(audience: audience)))
  }

  /// The ID token of the service account of a machine, a container or a function of Google Cloud.
  ///
  /// - Parameter audience: The `aud` that the token service expects, usually its issuer.
  public static func google(audience: String) -> PlatformToken {
    PlatformToken(kind: .from(.google(audience: audience)))
  }

  /// The token of a managed identity of Azure, of a machine or of App Service, Functions or Container Apps.
  ///
  /// - Parameters:
  ///   - resource: The application in Entra ID that the token is for, such as `api://tessera`.
  ///   - identity: The client ID of a user-assigned identity; nil for the one that there is.
  public static func azure(resource: String, identity: String? = nil) -> PlatformToken {
    PlatformToken(kind: .from(.azure(resource: resource, identity: identity)))
  }
}
