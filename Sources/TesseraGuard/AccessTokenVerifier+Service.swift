public import ServiceLifecycle

extension AccessTokenVerifier: Service {
  /// Renews keys and follows the revocation feed until the service group shuts down, or the task is cancelled.
  ///
  /// A verifier that works offline begins with the first token otherwise. One that asks the token service about each
  /// token has nothing to do in the background, and only waits. Tokens can be verified before, meanwhile and
  /// afterwards.
  public func run() async {
    await cancelWhenGracefulShutdown { await self.strategy.run() }
  }
}
