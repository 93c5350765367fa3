import Foundation
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

#if DEBUG
  /// What a request that memory answers may not do: wait for another event loop.
  @Suite struct SharedLockTests {
    /// Asks for the same again and again, of the endpoints of one event loop; the result is how many shared locks the last
    /// request takes.
    private func locks(
      _ server: TestServer,
      _ path: String,
      status: Int = 200,
      _ request: EndpointRequest,
      before count: Int = 4
    ) async throws -> Int {
      let endpoint = try #require(server.authorizationServer.routes[path])
      for _ in 0..<count { _ = await endpoint.answer(request).response }
      var last: EndpointResponse?
      let locks = SharedLockCount.during {
        if case .now(let response) = endpoint.answer(request) { last = response }
      }
      #expect(last?.status == status)
      return locks
    }

    private func post(_ path: String, _ form: String) -> EndpointRequest {
      EndpointRequest(
        method: "POST",
        path: path,
        headers: .form,
        body: Array(form.utf8),
        origin: RequestOrigin(peer: SourceAddress("127.0.0.1") ?? .unknown, over: .plain)
      )
    }

    private func tokenForm(_ client: TestClient, secret: String? = nil) -> String {
      "grant_type=client_credentials&client_id=\(client.id)&client_secret=\(secret ?? client.secret)&scope=item"
    }

    @Test("A token takes none, of either format, by either door", arguments: TokenFormat.allCases)
    func tokens(format: TokenFormat) async throws {
      try await TestServer.run { server in
        let client = try await server.makeClient { $0.tokenFormat = format }
        for path in ["/oauth/token", "/oauth2/token"] {
          #expect(try await locks(server, path, post(path, tokenForm(client))) == 0)
        }
      }
    }

    @Test("Introspection and verification take none")
    func inspection() async throws {
      try await TestServer.run { server in
        let client = try await server.makeClient()
        let api = try await server.makeClient {
          $0.introspectedResources = [Administration.defaultResource]
        }
        let token = try #require(try await server.send(client.tokenRequest()).accessToken)
        let form = "client_id=\(api.id)&client_secret=\(api.secret)&token=\(token)"
        #expect(try await locks(server, "/oauth2/introspect", post("/oauth2/introspect", form)) == 0)
        let verification = EndpointRequest(
          method: "GET",
          path: "/oauth2/verify",
          query: "scope=item",
          headers: RequestHeaders([("Authorization", "Bearer \(token)")]),
          body: [],
          origin: RequestOrigin(peer: SourceAddress("127.0.0.1") ?? .unknown, over: .plain)
        )
        #expect(try await locks(server, "/oauth2/verify", verification) == 0)
      }
    }

    @Test("What is not in the loop's memory takes some, and so does a refusal")
    func others() async throws {
      try await TestServer.run { server in
        let client = try await server.makeClient()
        let request = post("/oauth/token", tokenForm(client))
        // From the store into memory.
        #expect(try await server.send(client.tokenRequest()).status == 200)
        #expect(try await locks(server, "/oauth/token", request, before: 0) > 0, "its first in this loop")
        let wrong = post("/oauth/token", tokenForm(client, secret: "wrong"))
        #expect(try await locks(server, "/oauth/token", status: 400, wrong, before: 0) > 0)
        // While somebody fails, each success is told to the limit on guesses.
        #expect(try await locks(server, "/oauth/token", request) > 0)
      }
    }

    /// Each `Mutex` on the way of a request belongs to one event loop, to one request or one client there, or is taken at the
    /// start only; all others are shared locks, which the tests above count.
    @Test("No lock on the way of a request goes uncounted")
    func everyLockIsCounted() throws {
      let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")
      let folders =
        ["Caches", "ClientAuthentication", "Encoding", "Endpoints", "Exchange", "Grants", "Keys"]
        + ["Model", "Policy", "Replica", "Tokens"]
      var found: Set<String> = []
      for folder in folders.map({ "TesseraCore/\($0)" }) + ["TesseraJOSE"] {
        let files = try #require(
          FileManager.default.enumerator(at: sources.appending(path: folder), includingPropertiesForKeys: nil)
        )
        for case let file as URL in files where file.pathExtension == "swift" {
          if try String(contentsOf: file, encoding: .utf8).contains(/[^a-zA-Z`]Mutex[<(]/) {
            found.insert(file.lastPathComponent)
          }
        }
      }
      #expect(
        found == [
          "CachedClient.swift", "ClientNotes.swift", "ReplicaReader.swift", "SharedAccess.swift",
          "TokenHolder.swift", "PublicDocument.swift", "PendingAnswer.swift", "RandomSource.swift",
          "SharedLock.swift", "Replica+ChangeFeed.swift", "OneTimeStep.swift",
        ]
      )
    }
  }
#endif
