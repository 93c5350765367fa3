import Synchronization
import TesseraJOSE
import TesseraTestSupport

@testable import TesseraCore
@testable import TesseraGuard

/// A token service that a test makes up: its keys, its documents, and what goes wrong with them.
final class TestIssuer: Sendable {
  /// What it says, which a test can change at any time.
  struct State {
    var keys = [TestKey(.es256)]
    /// The `Cache-Control` of the key set.
    var cacheControl: String? = "max-age=300"
    /// Members of the metadata instead of the usual ones; nil leaves one out.
    var metadata: [String: String?] = [:]
    var tokens: [(sequence: Int, id: String, end: Int64)] = []
    var clients: [(sequence: Int, id: String, notBefore: Double)] = []
    var notBefore: Double?
    var sequence = 10
    /// The most entries of one part of the feed.
    var pageSize = 100
    /// What is answered at a path instead of the document.
    var faults: [String: ScriptedServer.Answer] = [:]
    /// Changes the next documents of the feed.
    var feedChange: (@Sendable (inout TokenDraft) -> Void)?
    /// What signs the feed, instead of the first key.
    var feedKey: TestKey?
  }

  static let metadataPath = "/.well-known/oauth-authorization-server"
  static let keysPath = "/keys"
  static let feedPath = "/revocations"

  let server: ScriptedServer
  let clock: ManualClock
  private let state = Mutex(State())

  init(_ server: ScriptedServer, _ clock: ManualClock) {
    self.server = server
    self.clock = clock
    server.route { [weak self] request in self?.answer(request) }
  }

  var url: String { server.url }
  /// The time of day in seconds since 1970.
  var now: Int64 { GuardTest.start + clock.now.offset.components.seconds }
  /// The key that signs.
  var key: TestKey { state.withLock { $0.keys[0] } }

  /// Changes what it says.
  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  /// How many requests there were at a path.
  func count(_ path: String) -> Int {
    server.requests.count { $0.target.split(separator: "?").first.map(String.init) == path }
  }

  /// A token, by default a good one of the first key.
  func token(by key: TestKey? = nil, _ change: (inout TokenDraft) -> Void = { _ in }) -> String {
    let key = key ?? self.key
    var draft = TokenDraft.token(of: url, at: now, key)
    change(&draft)
    return draft.signed(by: key)
  }

  /// Takes a token back.
  func revoke(_ id: String, end: Int64? = nil) {
    let end = end ?? now + 3600
    change { state in
      state.sequence += 1
      state.tokens.append((state.sequence, id, end))
    }
  }

  /// Takes the tokens of a client back.
  func revoke(client: String, before time: Double) {
    change { state in
      state.sequence += 1
      state.clients.removeAll { $0.id == client }
      state.clients.append((state.sequence, client, time))
    }
  }

  private func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer? {
    let parts = request.target.split(separator: "?")
    let path = parts.first.map(String.init) ?? ""
    let state = self.state.withLock { $0 }
    if let fault = state.faults[path] { return fault }
    switch path {
    case TestIssuer.metadataPath: return .respond(body: metadata(state))
    case TestIssuer.keysPath:
      return .respond(
        headers: state.cacheControl.map { [("Cache-Control", $0)] } ?? [],
        body: #"{"keys":[\#(state.keys.map(\.json).joined(separator: ","))]}"#
      )
    case TestIssuer.feedPath:
      let since = parts.last.flatMap { Int($0.dropFirst("since=".count)) } ?? 0
      return .respond(headers: [("Cache-Control", "public, max-age=1")], body: feed(state, since: since))
    default: return .respond(status: 404, body: "")
    }
  }

  private func metadata(_ state: State) -> String {
    var members: [String: String?] = [
      "issuer": "\"\(url)\"", "jwks_uri": "\"\(url)\(TestIssuer.keysPath)\"",
      "revocation_feed_endpoint": "\"\(url)\(TestIssuer.feedPath)\"",
    ]
    members.merge(state.metadata) { $1 }
    let texts = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    return "{\(texts.joined(separator: ","))}"
  }

  private func feed(_ state: State, since asked: Int) -> String {
    let since = asked > state.sequence ? 0 : asked
    let tokens = state.tokens.map { ($0.sequence, "\"\($0.id)\":\($0.end)", true) }
    let clients = state.clients.map { ($0.sequence, "\"\($0.id)\":\($0.notBefore)", false) }
    let rest = (tokens + clients).filter { $0.0 > since }.sorted { $0.0 < $1.0 }
    let page = rest.prefix(state.pageSize)
    let hasMore = rest.count > page.count
    let key = state.feedKey ?? state.keys[0]
    var draft = TokenDraft(
      header: [("typ", #""revocations+jwt""#), ("alg", "\"\(key.algorithm)\""), ("kid", "\"\(key.id)\"")],
      claims: [
        ("iss", "\"\(url)\""), ("iat", "\(now)"), ("since", "\(since)"),
        ("cursor", "\(hasMore ? page.last?.0 ?? since : state.sequence)"), ("more", "\(hasMore)"),
        ("tokens", "{\(page.filter { $0.2 }.map { $0.1 }.joined(separator: ","))}"),
        ("clients", "{\(page.filter { !$0.2 }.map { $0.1 }.joined(separator: ","))}"),
      ]
    )
    draft.claims += state.notBefore.map { [("not_before", "\($0)")] } ?? []
    state.feedChange?(&draft)
    return draft.signed(by: key)
  }
}
