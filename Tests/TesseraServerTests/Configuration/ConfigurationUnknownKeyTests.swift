import TesseraServer
import Testing

@Suite struct ConfigurationUnknownKeyTests {
  @Test(arguments: [
    ("http:\n  prot: 1", "unknown key 'http.prot' (from tessera.yaml:2); did you mean 'http.port'?"),
    ("htp:\n  port: 1", "unknown key 'htp.port' (from tessera.yaml:2); did you mean 'http.port'?"),
    ("database: x", "unknown key 'database' (from tessera.yaml:1); 'tessera config reference' lists all"),
    ("http: 80", "unknown key 'http' (from tessera.yaml:1); 'tessera config reference' lists all"),
    (
      "http:\n  port:\n    number: 1",
      "unknown key 'http.port.number' (from tessera.yaml:3); 'tessera config reference' lists all"
    ),
  ])
  func unknownKeyInTheFileIsRefused(_ yaml: String, _ expected: String) throws {
    #expect(try refusal(yaml: yaml) == expected)
  }

  @Test func unknownVariableIsRefused() throws {
    #expect(
      try refusal(environment: ["TESSERA_HTTP_PROT": "1"])
        == "unknown environment variable 'TESSERA_HTTP_PROT'; did you mean 'TESSERA_HTTP_PORT'?"
    )
  }

  @Test func variablesOfCommandsAndOfOthersAreLeftAlone() throws {
    let environment = ["TESSERA_URL": "x", "TESSERA_CLIENT_SECRET": "y", "PATH": "z", "TESSERACT": "w"]
    #expect(try refusal(environment: environment) == nil)
  }

  @Test(arguments: [
    "- a\n- b", "text", "http: [", "\t", "a: *b", "? [a]\n: b", "http:\n  port: 1\n  port: 2",
  ])
  func fileThatIsNotKeysAndValuesIsRefused(_ yaml: String) throws {
    let text = try #require(try refusal(yaml: yaml))
    #expect(text.contains("tessera.yaml") && !text.contains("\n"))
  }

  @Test func keySetInTwoFormsIsRefused() throws {
    #expect(
      try refusal(yaml: "http:\n  port: 1\nhttp.port: 2")
        == "http.port is set twice (from tessera.yaml:3)"
    )
  }
}
