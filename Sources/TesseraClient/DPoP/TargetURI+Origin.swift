import TesseraJOSE

extension TargetURI {
  /// Scheme, host and port (RFC 6454 §4).
  var origin: Substring {
    let authority = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    return text[..<(authority.firstIndex(of: "/") ?? text.endIndex)]
  }
}
