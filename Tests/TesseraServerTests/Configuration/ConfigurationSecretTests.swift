import TesseraCore
import TesseraServer
import Testing

@Suite struct ConfigurationSecretTests {
  private static let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

  @Test func masterKeyComesFromTheEnvironment() throws {
    let configuration = try load(environment: ["TESSERA_MASTER_KEY": ConfigurationSecretTests.key])
    #expect(configuration.masterKey != nil)
    #expect(!String(reflecting: configuration).contains(ConfigurationSecretTests.key))
  }

  /// As in a file: that is how a secret comes out of `echo` and of many a secret store.
  @Test(arguments: ["\n", "\r\n", " \n"])
  func aNewlineAtTheEndOfTheEnvironmentsSecretIsHarmless(_ end: String) throws {
    let plain = try load(environment: ["TESSERA_MASTER_KEY": ConfigurationSecretTests.key])
    let ended = try load(environment: ["TESSERA_MASTER_KEY": ConfigurationSecretTests.key + end])
    #expect(ended.masterKey?.checkValue == plain.masterKey?.checkValue)
  }

  @Test func masterKeyComesFromAFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(ConfigurationSecretTests.key + "\n", to: "key")
    let configuration = try load(environment: ["TESSERA_MASTER_KEY_FILE": file])
    let direct = try load(environment: ["TESSERA_MASTER_KEY": ConfigurationSecretTests.key])
    #expect(configuration.masterKey?.checkValue == direct.masterKey?.checkValue)
    #expect(try load(yaml: "master-key-file: \(file)").masterKey != nil)
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o610])
  func masterKeyFileOpenToOthersIsRefused(_ permissions: Int) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(ConfigurationSecretTests.key, to: "key", permissions: permissions)
    let text = try refusal(environment: ["TESSERA_MASTER_KEY_FILE": file])
    #expect(text?.hasSuffix("is open to others than its owner; run: chmod 600 \(file)") == true)
  }

  @Test func masterKeyFileThatIsNotOneIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("short", to: "key")
    #expect(
      try refusal(environment: ["TESSERA_MASTER_KEY_FILE": file])?.contains("does not hold base64") == true
    )
    #expect(
      try refusal(environment: ["TESSERA_MASTER_KEY_FILE": folder.path])?.contains("does not hold") == true
    )
    #expect(
      try refusal(environment: ["TESSERA_MASTER_KEY_FILE": folder.path + "/none"])?
        .hasSuffix("No such file or directory") == true
    )
  }

  @Test(arguments: ["c2hvcnQ=", "0123456789", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE", ""])
  func badSecretIsRefusedUnseen(_ value: String) throws {
    let text = try #require(try refusal(environment: ["TESSERA_MASTER_KEY": value]))
    #expect(text.hasPrefix("master-key (from TESSERA_MASTER_KEY) must be base64 of 32 bytes"))
    #expect(value.isEmpty || !text.contains(value))
  }

  @Test func secretInTheFileIsRefused() throws {
    let text = try #require(try refusal(yaml: "master-key: \(ConfigurationSecretTests.key)"))
    #expect(
      text
        == "master-key (from tessera.yaml:1) is a secret: set TESSERA_MASTER_KEY or master-key-file instead"
    )
  }

  @Test func secretAndItsFileTogetherAreRefused() throws {
    let environment = [
      "TESSERA_MASTER_KEY": ConfigurationSecretTests.key, "TESSERA_MASTER_KEY_FILE": "/none",
    ]
    #expect(
      try refusal(environment: environment) == "master-key and master-key-file are both set; set one of them"
    )
  }
}
