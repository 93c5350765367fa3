/// The counters of one token endpoint: by grant, result and the method by which the client authenticated.
struct TokenRequestCounters: Sendable {
  /// What stands for a grant or a method that was not named, or not to be had.
  private static let none = "none"
  /// The last two are that a token was issued, and that the quota of the client was used up.
  private static let results = RequestResults.codes.map(\.rawValue) + ["issued", "over_quota"]

  private let grants: [GrantType]
  private let methods: [ClientAuthenticationMethod]
  /// By grant, then by method, then by result; what is none comes last of grants and methods.
  private let counters: [RequestCounter]
  /// That of a request beyond a quota that only logs.
  let quotaExcess: RequestCounter

  init(
    dialect: String,
    grants: [GrantType],
    methods: [ClientAuthenticationMethod],
    in all: RequestCounters
  ) {
    self.grants = grants
    self.methods = methods
    counters = (grants.map(\.name) + [Self.none]).flatMap { grant in
      (methods.map(\.rawValue) + [Self.none]).flatMap { method in
        Self.results.map { result in
          all.add(
            .tokenRequests,
            [("dialect", dialect), ("grant", grant), ("result", result), ("auth_method", method)]
          )
        }
      }
    }
    quotaExcess = all.add(.quotaExcess, [("dialect", dialect)])
  }

  /// That of a token that was issued.
  func issued(_ grant: GrantType, _ method: ClientAuthenticationMethod) -> RequestCounter {
    counter(grant, method, RequestResults.codes.count)
  }

  /// That of a request that was refused.
  func refused(_ error: OAuthError) -> RequestCounter {
    let isOverQuota = error.quota?.isRefused ?? false
    return counter(
      error.grantType,
      error.authenticationMethod,
      isOverQuota ? RequestResults.codes.count + 1 : RequestResults.place(of: error.code)
    )
  }

  private func counter(_ grant: GrantType?, _ method: ClientAuthenticationMethod?, _ result: Int)
    -> RequestCounter
  {
    let grant = grant.flatMap { grants.firstIndex(of: $0) } ?? grants.count
    let method = method.flatMap { methods.firstIndex(of: $0) } ?? methods.count
    return counters[(grant * (methods.count + 1) + method) * Self.results.count + result]
  }
}

/// The results of requests that are refused.
enum RequestResults {
  static let codes = OAuthError.Code.allCases

  static func place(of code: OAuthError.Code) -> Int { codes.firstIndex(of: code) ?? 0 }
}

/// The counters of introspection, by result.
struct IntrospectionCounters: Sendable {
  let active: RequestCounter
  let inactive: RequestCounter
  private let refusals: [RequestCounter]

  init(in all: RequestCounters) {
    active = all.add(.introspections, [("result", "active")])
    inactive = all.add(.introspections, [("result", "inactive")])
    refusals = RequestResults.codes.map { all.add(.introspections, [("result", $0.rawValue)]) }
  }

  /// That of a request that was refused.
  func refused(_ error: OAuthError) -> RequestCounter { refusals[RequestResults.place(of: error.code)] }
}
