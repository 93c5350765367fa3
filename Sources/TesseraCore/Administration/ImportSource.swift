/// Where clients can come from.
package enum ImportSource: String, Sendable, CaseIterable {
  case hydra, keycloak, auth0, csv
}
