/// What tells credentials from those before them; as secret as they are.
enum CredentialsVersion: Sendable, Hashable {
  case secret(ClientCredentials)
  /// What stood in a file, or was a token.
  case text(String)
  /// What never changes.
  case fixed
}
