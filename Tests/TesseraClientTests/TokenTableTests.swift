import Testing

@testable import TesseraClient

/// The state machine alone, with texts for callers.
@Suite struct TokenTableTests {
  private typealias Table = TokenTable<String>

  private let key = TokenKey(scopes: ["item"], audience: nil)

  private func granted(_ value: String, at now: Int64, lifetime: Int64 = 100) -> GrantedToken {
    GrantedToken(value: value, scopes: nil, lifetime: .seconds(lifetime), requestedAt: .seconds(now))
  }

  private func describe(_ answer: Table.Answer) -> String {
    switch answer {
    case .use(let token): "use \(token.value)"
    case .useAndRequest(let token): "use \(token.value), request"
    case .refuse(let refusal): "refuse \(refusal.error.name ?? "")"
    case .wait: "wait"
    case .waitAndRequest: "wait, request"
    }
  }

  private func ask(_ table: inout Table, at now: Int64, waiter: UInt64? = nil) -> String {
    describe(table.ask(for: key, at: .seconds(now), waiter: waiter.map { ($0, "caller \($0)") }))
  }

  @Test func theLifeOfAToken() {
    var table = Table(capacity: 10, renewalPause: .seconds(5))
    #expect(ask(&table, at: 0) == "wait", "nothing is begun without a waiter")
    #expect(ask(&table, at: 0, waiter: 1) == "wait, request")
    #expect(ask(&table, at: 0, waiter: 2) == "wait")
    #expect(ask(&table, at: 0, waiter: 3) == "wait")
    let (left, leftTwice) = (table.leave(key, number: 2), table.leave(key, number: 2))
    #expect(left == "caller 2")
    #expect(leftTwice == nil)
    let (token, waiters) = table.succeed(key, with: granted("a", at: 0), at: .seconds(1), fraction: 0)
    #expect(token.value == "a")
    #expect(waiters == ["caller 1", "caller 3"])
    #expect(ask(&table, at: 79) == "use a")
    #expect(ask(&table, at: 80) == "use a, request")
    #expect(ask(&table, at: 81) == "use a", "one refresh at a time")
    let failed = table.fail(key, refusal: nil, at: .seconds(82), fraction: 0.5)
    #expect(failed.isEmpty)
    #expect(ask(&table, at: 86) == "use a", "a quarter of the window later")
    #expect(ask(&table, at: 87) == "use a, request")
    #expect(ask(&table, at: 100, waiter: 4) == "wait", "it has ended, and the refresh is still under way")
  }

  @Test func refusalsEnd() {
    var table = Table(capacity: 10, renewalPause: .seconds(5))
    let credentials = CredentialsVersion.secret(ClientCredentials(clientID: "a", clientSecret: "b"))
    let error = TokenRequestError(.refused, name: "invalid_client", message: "", status: 401)
    #expect(ask(&table, at: 0, waiter: 1) == "wait, request")
    let refusal = Table.Refusal(error: error, until: .seconds(30), credentials: credentials)
    let waiters = table.fail(key, refusal: refusal, at: .zero, fraction: 0)
    #expect(waiters == ["caller 1"])
    #expect(table.slots.isEmpty, "a key that never got a token takes no room")
    #expect(ask(&table, at: 29, waiter: 2) == "refuse invalid_client")
    let others = CredentialsVersion.secret(ClientCredentials(clientID: "a", clientSecret: "c"))
    var changed = table
    let isForgotten = table.forgetRefusal(ofCredentialsOtherThan: credentials)
    #expect(!isForgotten)
    #expect(ask(&table, at: 30, waiter: 2) == "wait, request")
    let isForgottenNow = changed.forgetRefusal(ofCredentialsOtherThan: others)
    #expect(isForgottenNow)
    #expect(ask(&changed, at: 1, waiter: 2) == "wait, request")
  }

  @Test func rejections() {
    var table = Table(capacity: 10, renewalPause: .seconds(5))
    let first = table.succeed(key, with: granted("1", at: 0), at: .zero, fraction: 0).token
    let kept1 = table.reject(first, at: .seconds(1))
    #expect(kept1 == nil)
    #expect(ask(&table, at: 1, waiter: 1) == "wait, request")
    let second = table.succeed(key, with: granted("2", at: 1), at: .seconds(1), fraction: 0).token
    let kept2 = table.reject(first, at: .seconds(2))
    #expect(kept2 == nil)
    #expect(ask(&table, at: 2) == "use 2", "the first was replaced already")
    let kept3 = table.reject(second, at: .seconds(5))?.value
    #expect(kept3 == "2")
    let kept4 = table.reject(second, at: .seconds(6))
    #expect(kept4 == nil)
    #expect(ask(&table, at: 6) == "wait")
  }
}
