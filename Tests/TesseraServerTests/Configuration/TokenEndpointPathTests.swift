import TesseraServer
import Testing

@Suite struct TokenEndpointPathTests {
  @Test(arguments: [
    "/t", "/oauth/token", "/oauth2/token2", "/a/b/c/d", "/A-Z_0.9~", "/token.json", "/oauth2/verify/x",
  ])
  func aPathOfPlainSegmentsIsTaken(path: String) throws {
    let configuration = try load(environment: ["TESSERA_RFC6749_PATH": path, "TESSERA_CONTRACT_PATH": "off"])
    #expect(configuration.rfc6749.path == path)
    #expect(configuration.contract.path == nil)
    #expect(configuration.tokenEndpoint.path == path && configuration.tokenEndpoint.scopeSeparator == " ")
  }

  @Test(arguments: [
    "", "/", "token", "//token", "/oauth//token", "/oauth/token/", "/oauth/./token", "/oauth/../token",
    "/a/...", "/a b",
    "/a?b", "/a#b", "/a%20b", "/tök", "/a\\b", "/a;b", "/.well-known/token", "/x/.well-known/y", "OFF",
    "false", "none",
    "https://a.example/token", "/" + String(repeating: "a", count: 255),
  ])
  func anotherTextIsRefused(path: String) throws {
    for variable in ["TESSERA_RFC6749_PATH", "TESSERA_CONTRACT_PATH"] {
      #expect(
        try refusal(environment: [variable: path])?.contains("must be a path such as") == true,
        "\(path)"
      )
    }
  }

  @Test func thePathMayHave255Characters() throws {
    let longest = "/" + String(repeating: "a", count: 254)
    #expect(try load(environment: ["TESSERA_RFC6749_PATH": longest]).rfc6749.path == longest)
  }

  @Test(arguments: [
    "/oauth2/introspect", "/oauth2/revoke", "/oauth2/verify", "/oauth2/authorize", "/oauth2/revocations",
  ])
  func aPathOfAnotherEndpointIsRefused(path: String) throws {
    #expect(
      try refusal(environment: ["TESSERA_CONTRACT_PATH": path])
        == "contract.path is \(path), where another endpoint of the server is"
    )
  }

  @Test func twoEndpointsAtOnePathAreRefused() throws {
    #expect(try refusal(environment: ["TESSERA_RFC6749_PATH": "/oauth/token"])?.contains("or to off") == true)
    // Below the path of the issuer too, where each is found again.
    let issuer = ["TESSERA_ISSUER": "https://a.example/oauth", "TESSERA_RFC6749_PATH": "/token"]
    #expect(try refusal(environment: issuer)?.contains("or to off") == true)
    let revoke = ["TESSERA_ISSUER": "https://a.example/oauth2", "TESSERA_CONTRACT_PATH": "/revoke"]
    #expect(try refusal(environment: revoke)?.contains("where another endpoint") == true)
  }

  @Test func theyMayChangePlaces() throws {
    let configuration = try load(environment: [
      "TESSERA_RFC6749_PATH": "/oauth/token", "TESSERA_CONTRACT_PATH": "/oauth2/token",
    ])
    #expect(configuration.rfc6749.path == "/oauth/token" && configuration.contract.path == "/oauth2/token")
  }

  @Test func oneEndpointMustRemain() throws {
    let off = ["TESSERA_RFC6749_PATH": "off", "TESSERA_CONTRACT_PATH": "off"]
    #expect(try refusal(environment: off)?.contains("both off") == true)
    let contract = try load(environment: ["TESSERA_RFC6749_PATH": "off"])
    #expect(contract.tokenEndpoint.path == "/oauth/token" && contract.tokenEndpoint.scopeSeparator == ",")
  }

  /// Some readers of YAML take it for a boolean.
  @Test(arguments: ["off", "'off'", "\"off\""]) func offIsATextInTheFile(text: String) throws {
    #expect(try load(yaml: "contract:\n  path: \(text)\n").contract.path == nil)
  }
}
