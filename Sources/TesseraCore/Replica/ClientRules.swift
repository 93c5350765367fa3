/// What is asked of every request of a client by what few clients have registered: apart from the registration, which is
/// large, and where these are in a box.
struct ClientRules: Sendable {
  /// The profile that it is held to.
  let profile: SecurityProfile?
  let isCertificateBound: Bool
  let isDPoPBound: Bool

  init(of client: Client) {
    let metadata = client.keyMetadata
    profile = metadata.profile
    isCertificateBound = metadata.isCertificateBound
    isDPoPBound = metadata.isDPoPBound
  }
}
