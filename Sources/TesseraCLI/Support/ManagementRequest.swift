import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// One request that reads something of the server that runs on a data directory, by its management API.
///
/// No credentials are needed: whoever can open the data directory and its master key may look.
struct ManagementRequest {
  /// Below `/admin/v1`.
  let path: String

  private static let timeout = TimeAmount.seconds(10)
  private static let maximumAnswerSize = 1 << 20

  /// What the API answers, as JSON text.
  func answer(in workspace: Workspace) async throws -> [UInt8] {
    guard let server = workspace.configuration.managementInUse else {
      throw CommandFailure(
        "no server runs on \(workspace.data.path.printable), or its management.port is off",
        .unreachable
      )
    }
    let target = "/admin/v1" + path
    let (status, body) = try await send(to: server + target, ticket: ticket(for: "GET \(target)", workspace))
    if status == 200 { return body }
    let detail = JSON(body)?.members?["detail"]?.text
    switch status {
    case 404:
      throw CommandFailure(detail ?? "\(server) has no management API of this version", .notFound)
    case 401:
      throw CommandFailure("\(server) is a server with another master key", .authentication)
    default: throw CommandFailure("\(server) answered \(status)" + (detail.map { ": \($0)" } ?? ""))
    }
  }

  private func ticket(for request: String, _ workspace: Workspace) -> String {
    OperatorTickets(masterKey: workspace.data.masterKeys.current)
      .ticket(for: request, actor: LoginName.actor, at: WallClock.system.now)
  }

  /// The certificate is not verified, since it is for the name that others use. Whoever took the place of the server
  /// would get a ticket that is good for this request alone.
  private func send(to url: String, ticket: String) async throws -> (status: UInt, body: [UInt8]) {
    var configuration = HTTPClient.Configuration(
      certificateVerification: .none,
      redirectConfiguration: .disallow
    )
    configuration.timeout.connect = ManagementRequest.timeout
    configuration.connectionPool.retryConnectionEstablishment = false
    do {
      return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Authorization", value: "Bearer \(ticket)")
        request.headers.add(name: "User-Agent", value: "tessera")
        let response = try await client.execute(request, timeout: ManagementRequest.timeout)
        let body = try await response.body.collect(upTo: ManagementRequest.maximumAnswerSize)
        return (response.status.code, Array(buffer: body))
      }
    } catch {
      throw CommandFailure("cannot reach \(url): \(TokenRequest.reason(error))", .unreachable)
    }
  }
}
