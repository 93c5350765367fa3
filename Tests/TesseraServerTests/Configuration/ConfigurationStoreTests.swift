import TesseraCore
import TesseraServer
import Testing

@Suite struct ConfigurationStoreTests {
  @Test(arguments: [
    ("postgres://u:hunter2@db.example:5433/t?sslmode=require", "postgres://db.example:5433/t"),
    ("postgresql://a,b/t?password=hunter2", "postgresql://a,b/t"),
    ("sqlite:/data/other.sqlite", "sqlite:/data/other.sqlite"),
  ])
  func theStoreIsShownWithoutItsPassword(url: String, shown: String) throws {
    let key = try #require(ConfigurationKey.all.first { $0.name == "store" })
    for configuration in [try load(environment: ["TESSERA_STORE": url]), try load(yaml: "store: \(url)")] {
      #expect(key.value(in: configuration) == shown)
      #expect(configuration.store == StoreURL(url))
    }
    #expect(try load().store == nil)
  }

  @Test(arguments: [
    "", "hunter2", "mysql://u:hunter2@h/d", "postgres:hunter2", "postgres://u:p@hunter2@h/d", "sqlite:",
    "postgres://u:hunter/2@h/d",
  ])
  func whatIsNoStoreIsRefusedWithoutBeingRepeated(url: String) throws {
    let text = try #require(try refusal(environment: ["TESSERA_STORE": url]))
    #expect(text.hasPrefix("store (from TESSERA_STORE) must be a URL such as "))
    #expect(!text.contains("hunter"))
  }
}
