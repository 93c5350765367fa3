import Foundation
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// What a service manager hears of a server (sd_notify).
@Suite struct NotifySocketTests {
  @Test(arguments: [false, true]) func whatIsSaidIsHeard(isAbstract: Bool) async throws {
    let receiver = try NotifyReceiver(isAbstract: isAbstract)
    let socket = try #require(NotifySocket(["NOTIFY_SOCKET": receiver.name]))
    socket.send("READY=1")
    socket.send("STATUS=a", "STOPPING=1")
    #expect(try await receiver.next() == "READY=1")
    #expect(try await receiver.next() == "STATUS=a\nSTOPPING=1")
    #expect(receiver.message() == nil)
  }

  /// No name, no path, another kind of socket, and longer than an address.
  static let noSockets = [
    [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/"], ["NOTIFY_SOCKET": "relative"],
    ["NOTIFY_SOCKET": "vsock:2:1234"], ["NOTIFY_SOCKET": "/" + String(repeating: "a", count: 108)],
  ]

  @Test(arguments: noSockets) func withoutOneNobodyIsTold(environment: [String: String]) {
    #expect(NotifySocket(environment) == nil)
  }

  @Test func oneThatIsGoneChangesNothing() throws {
    let name = try NotifyReceiver().name
    try #require(NotifySocket(["NOTIFY_SOCKET": name])).send("READY=1")
    #expect(!FileManager.default.fileExists(atPath: name))
  }

  @Test func aNameAsLongAsAnAddressIsOne() {
    let name = "/" + String(repeating: "a", count: UnixSocket.maximumPath - 1)
    #expect(NotifySocket(["NOTIFY_SOCKET": name]) != nil)
  }
}
