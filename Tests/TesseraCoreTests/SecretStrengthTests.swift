import TesseraCore
import TesseraJOSE
import Testing

@Suite struct SecretStrengthTests {
  @Test(arguments: [
    "password", "Summer2023!", "correct horse battery staple", "tessera-warehouse-2024",
    "12345678901234567890",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnopqrstuvwxyz", "x7Q!k2Zp", "00000000-0000-0000-0000",
  ])
  func whatPeopleChooseIsWeak(text: String) throws {
    #expect(try #require(ClientSecret(imported: text)).isWeak)
  }

  @Test(arguments: [
    "ECOTBQNP44IFPCVMQNSZ", "6f1d8a3c9b2e47508d1f6a7b3c9e0d52", "26156a86-b739-4c6b-9de2-314228c3e6e5",
    "tG7x-Qp2LrV9sKw4", "8Jx2Vt5Rk9Qm3Zw7Lp4N", "sdjfhgkwjrtxvbnqplzm",
  ])
  func whatIsDrawnIsNot(text: String) throws {
    #expect(try #require(ClientSecret(imported: text)).isWeak == false)
  }

  @Test func whatIsMadeHereIsNot() {
    for _ in 0..<1000 { #expect(ClientSecret(using: .system).isWeak == false) }
  }
}
