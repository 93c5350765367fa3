extension EndpointRequest {
  /// Throws as if there were nothing here, unless the peer is one of these; nil is anybody.
  ///
  /// `key` is the configuration key that lists them, for the log.
  func requirePeer(in trusted: [AddressRange]?, named key: String) throws(Interruption) {
    guard let trusted, !trusted.contains(where: { $0.contains(source) }) else { return }
    throw .refused(OAuthError(.notFound, .noSuchPath, privateDetail: "\(source) is not one of \(key)"))
  }
}
