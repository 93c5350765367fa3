import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

/// Why a database is not opened; nil when it is.
func refusal(_ url: String, mayMake: Bool = true) async -> StoreOpeningError? {
  do throws(StoreOpeningError) {
    let store = try await PostgresStore.open(url, mayMake: mayMake, limits: .forTests)
    await store.close()
    return nil
  } catch {
    return error
  }
}

func expectRefusal(
  _ kind: ConnectionProblem.Kind,
  opening url: String,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let place = try ConnectionURL(url, limits: Limits()).place
  let text = ConnectionProblem(kind, at: place).description
  let expected: StoreOpeningError = kind.mayPass ? .unreachable(text) : .failed(text)
  #expect(await refusal(url) == expected, sourceLocation: sourceLocation)
}
