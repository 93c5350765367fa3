/// A header field that an endpoint looks at.
///
/// No others get as far as an endpoint.
package enum HeaderName: Sendable, CaseIterable {
  case accept
  case origin
  case authorization
  case contentType
  case dpop
  case ifMatch
  case ifNoneMatch
  case forwardedFor
  case forwardedProto
  case forwardedMethod
  case forwardedHost
  case forwardedURI
  case originalMethod
  case originalURL
  case traceparent
  case clientCert
  case clientCertChain
  case forwardedClientCert
  case forwardedTLSClientCert
  case sslClientCert
  case ingressClientCert

  /// The name in lower case.
  package var text: StaticString {
    switch self {
    case .accept: "accept"
    case .origin: "origin"
    case .authorization: "authorization"
    case .contentType: "content-type"
    case .dpop: "dpop"
    case .ifMatch: "if-match"
    case .ifNoneMatch: "if-none-match"
    case .forwardedFor: "x-forwarded-for"
    case .forwardedProto: "x-forwarded-proto"
    case .forwardedMethod: "x-forwarded-method"
    case .forwardedHost: "x-forwarded-host"
    case .forwardedURI: "x-forwarded-uri"
    case .originalMethod: "x-original-method"
    case .originalURL: "x-original-url"
    case .traceparent: "traceparent"
    case .clientCert: "client-cert"
    case .clientCertChain: "client-cert-chain"
    case .forwardedClientCert: "x-forwarded-client-cert"
    case .forwardedTLSClientCert: "x-forwarded-tls-client-cert"
    case .sslClientCert: "x-ssl-client-cert"
    case .ingressClientCert: "ssl-client-cert"
    }
  }

  /// The field with this name, which is case-insensitive (RFC 9110 §5.1); nil for one that nobody looks at.
  package init?(_ name: UnsafeRawBufferPointer) {
    // The lengths differ, or one character, so that hardly any name is compared.
    let candidate: HeaderName
    switch name.count {
    case 4: candidate = .dpop
    case 6:
      let isAccept = name[0] | 0x20 == UInt8(ascii: "a")
      candidate = isAccept ? .accept : .origin
    case 8: candidate = .ifMatch
    case 11:
      let isTrace = name[0] | 0x20 == UInt8(ascii: "t")
      candidate = isTrace ? .traceparent : .clientCert
    case 12: candidate = .contentType
    case 13:
      let isAuthorization = name[0] | 0x20 == UInt8(ascii: "a")
      candidate = isAuthorization ? .authorization : .ifNoneMatch
    case 14: candidate = .originalURL
    case 15:
      let isForwarded = name[0] | 0x20 == UInt8(ascii: "x")
      let forwarded = name[12] | 0x20 == UInt8(ascii: "f") ? HeaderName.forwardedFor : .forwardedURI
      candidate = isForwarded ? forwarded : .ingressClientCert
    case 16: candidate = .forwardedHost
    case 17:
      switch name[2] | 0x20 {
      case UInt8(ascii: "f"): candidate = .forwardedProto
      case UInt8(ascii: "o"): candidate = .originalMethod
      case UInt8(ascii: "s"): candidate = .sslClientCert
      default: candidate = .clientCertChain
      }
    case 18: candidate = .forwardedMethod
    case 23: candidate = .forwardedClientCert
    case 27: candidate = .forwardedTLSClientCert
    default: return nil
    }
    guard name.matches(lowerCase: candidate.text) else { return nil }
    self = candidate
  }
}

/// The header fields of a request that endpoints look at, in the order they came.
package struct RequestHeaders: Sendable {
  private var fields: [(name: HeaderName, value: String)] = []
  /// Whether the sender shows pages to a person: all that anybody wants to know of `Accept`, which nearly every
  /// request has and which is therefore not kept.
  package private(set) var acceptsHTML = false
  /// Whether there is one content type, that of a form, written as nearly everybody writes it.
  ///
  /// It is not kept as a text, whose memory all event loops would count their references to.
  package private(set) var isForm = false

  package init() {}

  /// Of these fields those that endpoints look at.
  ///
  /// White space around a value is no part of it (RFC 9110 §5.5); NIO leaves it at the end.
  package init(_ fields: some Sequence<(String, String)>) {
    for (name, value) in fields {
      var name = name
      if let known = name.withUTF8({ HeaderName(UnsafeRawBufferPointer($0)) }) {
        add(known, RequestHeaders.trimmed(value))
      }
    }
  }

  private static func trimmed(_ value: String) -> String {
    guard value.utf8.last == 0x20 || value.utf8.last == 0x09 else { return value }
    return value.lastIndex { $0 != " " && $0 != "\t" }.map { String(value[...$0]) } ?? ""
  }

  /// The usual case: a form and no other header field that matters.
  package static var form: RequestHeaders {
    var headers = RequestHeaders()
    headers.isForm = true
    return headers
  }

  /// Adds a field at the end.
  package mutating func add(_ name: HeaderName, _ value: String) {
    guard name == .accept || name == .contentType else {
      fields.append((name, value))
      return
    }
    var value = value
    value.withUTF8 { add(name, UnsafeRawBufferPointer($0)) }
  }

  /// Adds a field at the end; the one that nearly every request has costs nothing.
  package mutating func add(_ name: HeaderName, _ value: UnsafeRawBufferPointer) {
    switch name {
    case .accept: acceptsHTML = acceptsHTML || RequestHeaders.namesHTML(value)
    case .contentType:
      let isFirst = !isForm && !fields.contains { $0.name == .contentType }
      if isFirst && FormRequest.mediaType == value {
        isForm = true
      } else {
        if isForm { fields.append((name, FormRequest.mediaType.description)) }
        isForm = false
        fields.append((name, String(decoding: value, as: UTF8.self)))
      }
    default: fields.append((name, String(decoding: value, as: UTF8.self)))
    }
  }

  /// The values of all fields of this name; of `accept` see `acceptsHTML`.
  package func values(_ name: HeaderName) -> [String] {
    var values: [String] = []
    if isForm, name == .contentType { values.append(FormRequest.mediaType.description) }
    for field in fields where field.name == name { values.append(field.value) }
    return values
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these are the bytes of a text in lower case, letters in any case.
  package func matches(lowerCase text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      let byte = self[index]
      let isUpperCase = byte &- UInt8(ascii: "A") < 26
      guard (isUpperCase ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
    }
    return true
  }
}
