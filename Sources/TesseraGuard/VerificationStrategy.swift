/// How a verifier finds out what a token is worth.
protocol VerificationStrategy: Sendable {
  /// What it is worth, or why that is not known.
  func verdict(on token: String) async -> AccessTokenVerifier.Verdict

  /// Does what is done in the background, until the task is cancelled.
  func run() async
}
