import Foundation
import TesseraCore

extension ConfigurationKey {
  /// The master key by itself, and the file that it is in.
  ///
  /// A secret has both.
  static let masterKeys = [masterKey, masterKeyFile, groupReadable]

  static let masterKey = ConfigurationKey(
    name: "master-key",
    allowed: "base64 of \(MasterKey.byteCount) bytes (openssl rand -base64 32 makes one)",
    documentation:
      "The key that protects all other keys, to be kept apart from the data directory. Without it, "
      + "the file master.key in the data directory is used, which the first start creates.",
    isSecret: true,
    read: { _ in "" },
    write: { configuration, texts in
      // As in a file, a newline at the end is no part of it: that is how secrets come out of `echo`.
      configuration.masterKey = MasterKey(base64: texts[0].trimmingCharacters(in: .whitespacesAndNewlines))
      return configuration.masterKey != nil
    }
  )

  static let masterKeyFile = ConfigurationKey(
    name: "master-key-file",
    allowed: "a path",
    documentation:
      "A file that contains the master key. Only its owner may read it; see master-key-group-readable.",
    read: { $0.masterKeyFile ?? "" },
    write: { configuration, texts in
      configuration.masterKeyFile = texts[0]
      return isPath(texts[0])
    }
  )

  static let groupReadable = boolean(
    "master-key-group-readable",
    \.masterKeyFileMayBeReadByGroup,
    "Allows the group of the file of master-key-file to read it, as it may read a secret that is mounted into a "
      + "container."
  )

  static func isPath(_ text: String) -> Bool {
    !text.isEmpty && !text.utf8.contains(0)
  }
}
