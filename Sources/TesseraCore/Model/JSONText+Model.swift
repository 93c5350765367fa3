import TesseraJOSE

extension JSONText {
  /// One audience is a string, several are an array (RFC 7519 §4.1.3).
  mutating func append(audiences: [Resource]) {
    if audiences.count != 1 { append("[") }
    for (index, audience) in audiences.enumerated() {
      append(index == 0 ? #"""# : #",""#)
      append(escaped: audience.uri)
      append(#"""#)
    }
    if audiences.count != 1 { append("]") }
  }

  /// A client ID, in which quote and backslash are escaped.
  mutating func append(_ clientID: ClientID) {
    if clientID.uuid == nil { append(escaped: clientID.rawValue) } else { clientID.append(to: &bytes) }
  }
}
