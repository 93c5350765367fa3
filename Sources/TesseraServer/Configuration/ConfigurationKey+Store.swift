import TesseraCore

extension ConfigurationKey {
  /// Where the store is.
  static let store: ConfigurationKey = {
    var key = ConfigurationKey(
      name: "store",
      allowed: "a URL such as postgres://tessera@db.example.com/tessera",
      documentation:
        "The database that several nodes share. Without it, an SQLite file in the data directory. Put the password "
        + "into a file that store-password-file or PGPASSFILE names.",
      read: { $0.store.flatMap([StoreOpener].all.shown) ?? "" },
      write: { configuration, texts in
        configuration.store = StoreURL(texts[0])
        return configuration.store.flatMap([StoreOpener].all.shown) != nil
      }
    )
    key.mayHoldSecret = true
    return key
  }()

  /// Where its password is.
  static let storePassword = [
    ConfigurationKey(
      name: "store-password-file",
      allowed: "a path",
      documentation:
        "A file with the password of the store in one line. Only its owner may read it; see "
        + "store-password-group-readable. It is read again for each new connection, so it can be changed while the "
        + "server runs.",
      read: { $0.storePasswordFile ?? "" },
      write: { configuration, texts in
        configuration.storePasswordFile = texts[0]
        return isPath(texts[0])
      }
    ),
    boolean(
      "store-password-group-readable",
      \.storePasswordFileMayBeReadByGroup,
      "Allows the group of the file of store-password-file to read it, as it may read a secret that is mounted into a "
        + "container."
    ),
  ]
}
