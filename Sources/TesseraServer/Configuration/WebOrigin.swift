import Foundation

/// The origin of a web page as browsers send it (RFC 6454 §6.2): scheme, host, and the port where it is not the usual.
enum WebOrigin {
  /// Whether this is to the letter what a browser sends: https, or http of a loopback host.
  ///
  /// Anything else would never match, so that whoever set it would look for the fault elsewhere.
  static func isAllowed(_ text: String) -> Bool {
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      text == text.lowercased(), let components = URLComponents(string: text), let scheme = components.scheme,
      let host = components.encodedHost, !host.isEmpty, !host.contains("%"), !host.contains("*")
    else { return false }
    let usual = ["https": 443, "http": 80][scheme]
    guard let usual, components.port != usual else { return false }
    let name = host.trimmingCharacters(in: ["[", "]"])
    guard scheme == "https" || ListenAddress.isLoopback(name) else { return false }
    let written = name.contains(":") ? "[\(name)]" : name
    let port = components.port.map { ":\($0)" } ?? ""
    return text == "\(scheme)://\(written)\(port)"
  }
}
