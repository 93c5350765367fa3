import Logging
import TesseraSupport

extension Administration {
  /// What a token in one of these formats says, and whether it is valid by what the store says now.
  package func inspectToken(
    _ text: String,
    in formats: [any AccessTokenFormat],
    settings: Replica.Settings
  ) async throws(AdministrationError) -> TokenInspector.Verdict {
    let replica = try await replica(settings).reader()
    let inspector = TokenInspector(replica: replica, formats: formats)
    var view = ServerView(at: clock.now)
    do throws(OAuthError) {
      return try await Rounds.run { () throws(Interruption) in try inspector.inspect(text[...].utf8, &view) }
    } catch {
      throw .unavailable(error.privateDetail ?? error.reason.description)
    }
  }

  /// What a server on this store knows now.
  func replica(_ settings: Replica.Settings) async throws(AdministrationError) -> Replica {
    do throws(StoreError) {
      return try await Replica(
        store: store,
        masterKey: masterKeys.current,
        settings: settings,
        clock: clock,
        logger: Logger(label: "tessera") { _ in SwiftLogNoOpLogHandler() }
      )
    } catch {
      throw AdministrationError(error, about: .server)
    }
  }
}
