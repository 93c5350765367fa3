import TesseraCore

extension FuzzTarget {
  /// What an operator registers as the keys of a client: JSON, or PEM.
  static let keyDocument = FuzzTarget(name: "key-document") { bytes in
    _ = try? PublicKeyDocument(String(decoding: bytes, as: UTF8.self))
  }
}
