import TesseraCore

/// The variables that Kubernetes sets in every pod for each service of the namespace, named after the service: for
/// one called `tessera`, `TESSERA_PORT=tcp://10.0.0.11:8080` and six more.
///
/// Nobody meant them for us, so they are told by the form of their names and of their values.
enum ServiceLink {
  /// Whether this variable is one.
  ///
  /// A service called `tessera-http` gives one the name of a key of ours, `TESSERA_HTTP_PORT`: with a known name, only
  /// a URL shows that it is not meant for us.
  static func matches(_ name: String, _ value: String, isKnown: Bool) -> Bool {
    if isKnown { return name.hasSuffix("_PORT") && isURL(value) }
    if name.hasSuffix("_SERVICE_HOST") { return SourceAddress(value) != nil }
    if name.contains(/_SERVICE_PORT(_[A-Z0-9_]+)?$/) { return isPort(value) }
    guard let link = name.firstMatch(of: /_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?)?$/) else {
      return false
    }
    return switch link.1 {
    case "_PROTO": ["tcp", "udp", "sctp"].contains(value)
    case "_PORT": isPort(value)
    case "_ADDR": SourceAddress(value) != nil
    default: isURL(value)
    }
  }

  private static func isPort(_ text: some StringProtocol) -> Bool {
    UInt16(text) != nil && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Such as `tcp://10.0.0.11:8080`, or `udp://[2001:db8::1]:53`.
  private static func isURL(_ text: String) -> Bool {
    guard let url = text.wholeMatch(of: /(?:tcp|udp|sctp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]+)/)
    else {
      return false
    }
    return SourceAddress(String(url.1 ?? url.2 ?? "")) != nil && isPort(url.3)
  }
}
