extension Replica {
  /// Makes a claim; whether it was the first.
  ///
  /// Throws where that is not known, in which case the claim may have been made.
  func claim(_ claim: SingleUseClaim) async throws(OAuthError) -> Bool {
    do throws(StoreError) {
      return try await store.claim(claim)
    } catch {
      throw .temporarilyUnavailable(error.description)
    }
  }
}
