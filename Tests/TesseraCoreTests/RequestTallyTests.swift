import Testing

@testable import TesseraCore

@Suite struct RequestTallyTests {
  @Test func tablesOfDifferentLengthAddUp() {
    let counters = RequestCounters()
    let (first, second) = (
      counters.add(.revocations), counters.add(.tokenRequests, [("dialect", "rfc6749")])
    )
    var (one, other) = (RequestTally(), RequestTally())
    one.count(first, microseconds: 1)
    for microseconds in [10, 1_000_000_000] as [Int64] { other.count(second, microseconds: microseconds) }
    var sum = RequestTally()
    for tally in [one, other, one] { sum.add(tally) }
    #expect(counters.counts(in: sum).map(\.count) == [2, 2])
    #expect(counters.counts(in: RequestTally()).map(\.count) == [0, 0])
    #expect(sum.durations.count == 2, "only of token requests")
    #expect(sum.durations.counts.first == 1 && sum.durations.counts.last == 1)
    #expect(sum.durations.sum == 1_000_000_010)
  }

  @Test func eachCombinationHasACounterOfItsOwn() {
    let all = RequestCounters()
    let grants = [GrantType.clientCredentials, GrantType(name: "other", code: 200)]
    let methods: [ClientAuthenticationMethod] = [.clientSecretBasic, .clientSecretPost]
    let counters = TokenRequestCounters(dialect: "rfc6749", grants: grants, methods: methods, in: all)
    var tally = RequestTally()
    for grant in grants {
      for method in methods { tally.count(counters.issued(grant, method), microseconds: 0) }
    }
    for grant in [nil] + grants {
      for method in [nil, ClientAuthenticationMethod.none] + methods {
        for code in OAuthError.Code.allCases {
          var error = OAuthError(code, .tryAgainLater)
          (error.grantType, error.authenticationMethod) = (grant, method)
          tally.count(counters.refused(error), microseconds: 0)
        }
        var error = OAuthError.slowDown(retryAfter: 1)
        (error.grantType, error.authenticationMethod) = (grant, method)
        error.quota = QuotaOutcome(quota: Quota(perMinute: 1), isExceeded: true, remaining: 0, reset: 1)
        tally.count(counters.refused(error), microseconds: 0)
      }
    }
    tally.count(counters.quotaExcess, microseconds: 0)
    #expect(
      all.counts(in: tally).filter { $0.definition.metric == .quotaExcess }.map(\.count) == [1]
    )
    let counts = all.counts(in: tally).filter { $0.definition.metric == .tokenRequests }
    #expect(counts.count == 3 * 3 * (OAuthError.Code.allCases.count + 2))
    for (definition, count) in counts {
      let labels = Dictionary(uniqueKeysWithValues: definition.labels.map { ($0.name, $0.value) })
      let isWhole = labels["grant"] != "none" && labels["auth_method"] != "none"
      // A method that this endpoint does not have counts as none.
      let expected =
        labels["result"] == "issued" ? (isWhole ? 1 : 0) : labels["auth_method"] == "none" ? 2 : 1
      #expect(count == expected, "\(definition.labels)")
    }
  }
}
