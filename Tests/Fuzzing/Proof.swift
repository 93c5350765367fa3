import TesseraJOSE

extension FuzzTarget {
  /// A DPoP proof (RFC 9449), some time in 2023.
  static let proof = FuzzTarget(name: "proof") { bytes in
    let use = DPoPProof.Use(
      method: "POST",
      targets: [TargetURI("https://server.example.com/token")].compactMap(\.self)
    )
    _ = try? DPoPProof(
      [String(decoding: bytes, as: UTF8.self)],
      for: use,
      at: Timestamp(milliseconds: 1_690_000_000_000)
    )
    _ = TargetURI(String(decoding: bytes, as: UTF8.self))
  }
}
