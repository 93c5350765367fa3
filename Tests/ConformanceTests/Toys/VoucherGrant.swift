import Synchronization
import TesseraCore
import TesseraJOSE

/// A grant that docs/guides/grant.md makes: a token for a voucher, which is good for one.
struct VoucherGrant: GrantHandler {
  let grantType = GrantType.voucher
  let parameters: [ParameterName] = [.voucher]
  let book: VoucherBook
  private let redemption = OneTimeStep<ScopeSet>()

  init(book: VoucherBook) {
    self.book = book
  }

  func authorize(_ request: GrantRequest, _ exchange: inout Exchange) throws(Interruption) -> AccessGrant {
    guard let voucher = request.parameters[.voucher] else {
      throw .refused(OAuthError(.invalidRequest, .missingParameter(.voucher)))
    }
    let scopes = try exchange.once(redemption) { [book] () async throws(OAuthError) in
      guard let scopes = await book.redeem(voucher) else { throw OAuthError(.invalidGrant, .voucherIsUsed) }
      return scopes
    }
    let client = request.client.registration
    let audiences = try Interruption.refusing { () throws(OAuthError) in
      try ScopePolicy().audiences(of: scopes, for: client, among: request.facts)
    }
    return AccessGrant(
      clientID: client.id,
      grantType: grantType,
      access: GrantedAccess(scopes: scopes, audiences: audiences),
      issuedAt: request.time,
      expiresAt: request.time.advanced(bySeconds: 60)
    )
  }
}

extension GrantType {
  static let voucher = GrantType(name: "urn:example:voucher", code: 200)
}

extension ParameterName {
  static let voucher = ParameterName("voucher")
}

extension PublicReason {
  static let voucherIsUsed = PublicReason("The voucher is unknown or used")
}

/// Where vouchers are kept, and crossed out.
final class VoucherBook: Sendable {
  private let state: Mutex<(vouchers: [String: ScopeSet], claims: Int)>

  /// Vouchers, and the scopes that they are for.
  init(_ vouchers: [String: [String]]) {
    state = Mutex((vouchers.mapValues { ScopeSet($0.compactMap(Scope.init)) }, 0))
  }

  /// How often somebody asked for a voucher.
  var claims: Int { state.withLock { $0.claims } }

  /// What a voucher is for, once.
  func redeem(_ voucher: String) async -> ScopeSet? {
    state.withLock { state in
      state.claims += 1
      return state.vouchers.removeValue(forKey: voucher)
    }
  }
}
