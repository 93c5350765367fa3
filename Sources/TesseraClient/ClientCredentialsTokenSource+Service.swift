public import ServiceLifecycle
import TesseraSupport

extension ClientCredentialsTokenSource: Service {
  /// Replaces tokens before they end until the service group shuts down, or the task is cancelled.
  ///
  /// Otherwise a token is replaced by the first call that finds it near its end, so that one that is seldom used ends first
  /// and its next caller has to wait. A token that nobody has got since it was made is not replaced. Tokens can be had
  /// before, meanwhile and afterwards.
  public func run() async {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        self.renewWhatIsDue()
        // Tokens that are got meanwhile have other ends, so it looks again instead of waiting for the first.
        try? await self.requester.time.sleep(for: .seconds(1))
      }
    }
  }
}
