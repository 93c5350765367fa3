import TesseraCore

extension ConfigurationKey {
  /// Where the store is.
  static let store: ConfigurationKey = {
    var key = ConfigurationKey(
      name: "store",
      allowed: "a URL such as postgres://tessera@db.example.com/tessera",
      documentation:
        "The database that several nodes share. Without it, an SQLite file in the data directory. Put the password "
        + "into a file that PGPASSFILE names.",
      read: { $0.store.flatMap([StoreOpener].all.shown) ?? "" },
      write: { configuration, texts in
        configuration.store = StoreURL(texts[0])
        return configuration.store.flatMap([StoreOpener].all.shown) != nil
      }
    )
    key.mayHoldSecret = true
    return key
  }()
}
