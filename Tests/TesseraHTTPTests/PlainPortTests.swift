import NIOPosix
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Plain HTTP where the server speaks TLS.
@Suite struct PlainPortTests {
  @Test(
    "T3 everything is refused, and nothing redirected",
    arguments: [
      "GET / HTTP/1.1", "GET /hang HTTP/1.1", "POST /oauth2/token HTTP/1.1", "HEAD / HTTP/1.1",
      "OPTIONS * HTTP/1.1",
    ]
  )
  func everythingIsRefused(_ line: String) async throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let server = try await HTTPServer.start(
      [
        HTTPListener(host: "127.0.0.1", port: 0, kind: .plainRefusal(url: { "https://auth.example.com" }))
      ],
      routes: { _ in [endpoint.path: endpoint] },
      limits: HangingEndpoint.patient,
      group: .singleton,
      logger: TestLog().logger
    )
    let connection = try await TestConnection(port: server.ports[0])
    for _ in 0..<2 {
      await connection.send("\(line)\r\nHost: auth.example.com\r\n\r\n")
      let isHEAD = line.hasPrefix("HEAD")
      let response = try await connection.response(toHEAD: isHEAD)
      #expect(response?.status == 403)
      #expect(response?.header("location") == nil)
      #expect(response?.header("strict-transport-security") == nil)
      #expect(response?.header("cache-control") == "no-store")
      if !isHEAD {
        #expect(response?.member("error") == "invalid_request")
        #expect(response?.member("error_description")?.contains("https://auth.example.com") == true)
      }
    }
    await connection.close()
    await server.stop()
  }
}
