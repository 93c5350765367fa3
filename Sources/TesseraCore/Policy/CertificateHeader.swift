import TesseraJOSE

/// The header field in which a TLS proxy passes on the certificate that its caller has shown.
///
/// It counts only where it was chosen: a proxy that does not set it lets callers do so.
package enum CertificateHeader: String, Sendable, CaseIterable {
  /// RFC 9440, with `Client-Cert-Chain`.
  case clientCert = "Client-Cert"
  /// Envoy's.
  case envoy = "X-Forwarded-Client-Cert"
  /// Traefik's.
  case traefik = "X-Forwarded-Tls-Client-Cert"
  /// What operators of nginx and HAProxy commonly choose.
  case ssl = "X-SSL-Client-Cert"
  /// That of the ingress controller of nginx.
  case ingress = "SSL-Client-Cert"

  private var name: HeaderName {
    switch self {
    case .clientCert: .clientCert
    case .envoy: .forwardedClientCert
    case .traefik: .forwardedTLSClientCert
    case .ssl: .sslClientCert
    case .ingress: .ingressClientCert
    }
  }

  /// The certificate that is passed on; nil when the caller has shown none.
  func certificate(in headers: RequestHeaders) throws(ProxyProblem) -> ClientCertificate? {
    let values = headers.values(name).filter { !$0.isEmpty }
    guard let value = values.first else { return nil }
    guard values.count == 1 else { throw .severalCertificates(self) }
    var intermediates: [[UInt8]] = []
    let leaf: [UInt8]?
    switch self {
    case .clientCert:
      leaf = CertificateHeader.byteSequence(value.utf8[...])
      intermediates = try chain(in: headers)
    case .envoy: leaf = try envoyCertificate(value.utf8[...])
    case .traefik:
      let chain = CertificateHeader.joined(value.utf8[...])
      leaf = chain?.first
      intermediates = chain.map { Array($0.dropFirst()) } ?? []
    case .ssl, .ingress: leaf = CertificateHeader.escaped(value.utf8[...])
    }
    guard let certificate = leaf.flatMap({ ClientCertificate($0, intermediates: intermediates) }) else {
      throw .certificateUnreadable(self)
    }
    return certificate
  }

  // MARK: RFC 9440

  /// A byte sequence (RFC 8941 §3.3.5) and nothing else.
  private static func byteSequence(_ text: Substring.UTF8View) -> [UInt8]? {
    let item = trimmed(text)
    guard item.count > 2, item.first == UInt8(ascii: ":"), item.last == UInt8(ascii: ":") else { return nil }
    return Base64.decode(Array(item.dropFirst().dropLast())[...])
  }

  /// The members of `Client-Cert-Chain`, which may be spread over several fields (RFC 9440 §2.3).
  private func chain(in headers: RequestHeaders) throws(ProxyProblem) -> [[UInt8]] {
    var chain: [[UInt8]] = []
    for value in headers.values(.clientCertChain) where !value.isEmpty {
      for member in value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        guard let certificate = CertificateHeader.byteSequence(member),
          chain.count < ClientCertificate.maximumIntermediates
        else { throw .certificateUnreadable(self) }
        chain.append(certificate)
      }
    }
    return chain
  }

  // MARK: Others

  /// All that the caller has sent, its own first, with commas between them, as Traefik writes them.
  private static func joined(_ text: Substring.UTF8View) -> [[UInt8]]? {
    let members = percentDecoded(text)?.split(
      separator: UInt8(ascii: ","),
      maxSplits: ClientCertificate.maximumIntermediates + 1,
      omittingEmptySubsequences: false
    )
    guard let members, members.count <= ClientCertificate.maximumIntermediates + 1 else { return nil }
    let chain = members.compactMap { $0.isEmpty ? nil : certificate(in: $0) }
    return chain.count == members.count ? chain : nil
  }

  /// One certificate, with or without percent-encoding.
  private static func escaped(_ text: Substring.UTF8View) -> [UInt8]? {
    percentDecoded(text).flatMap { certificate(in: $0[...]) }
  }

  /// Base64 with or without the lines of PEM around it.
  private static func certificate(in plain: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = plain.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }[...]
    let (begin, end) = (Array("-----BEGINCERTIFICATE-----".utf8), Array("-----ENDCERTIFICATE-----".utf8))
    if rest.starts(with: begin) {
      guard rest.count > begin.count + end.count, rest.suffix(end.count).elementsEqual(end) else {
        return nil
      }
      rest = rest.dropFirst(begin.count).dropLast(end.count)
    }
    return Base64.decode(rest)
  }

  /// A plus sign is one: the proxies escape it.
  private static func percentDecoded(_ text: Substring.UTF8View) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
        let low = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }

  /// The `Cert` of the one element that Envoy writes: `Hash=…;Cert="…";…`.
  private func envoyCertificate(_ text: Substring.UTF8View) throws(ProxyProblem) -> [UInt8]? {
    var certificate: [UInt8]?
    for pair in try pairs(of: text) {
      guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
        Array(pair[..<equals]).withUnsafeBytes({ $0.matches(lowerCase: "cert") })
      else { continue }
      guard certificate == nil else { throw .severalCertificates(self) }
      var value = pair[pair.index(after: equals)...]
      if value.first == 0x22, value.last == 0x22, value.count >= 2 { value = value.dropFirst().dropLast() }
      guard let decoded = CertificateHeader.escaped(value) else { return nil }
      certificate = decoded
    }
    return certificate
  }

  /// What stands between the semicolons; a comma would begin what another proxy says.
  private func pairs(of text: Substring.UTF8View) throws(ProxyProblem) -> [Substring.UTF8View] {
    var pairs: [Substring.UTF8View] = []
    var (start, index, isQuoted) = (text.startIndex, text.startIndex, false)
    while index < text.endIndex {
      switch text[index] {
      case 0x5C where isQuoted: index = text.index(after: index)
      case 0x22: isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted: throw .severalCertificates(self)
      case UInt8(ascii: ";") where !isQuoted:
        pairs.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
      guard index < text.endIndex else { break }
      index = text.index(after: index)
    }
    pairs.append(text[start...])
    return pairs
  }

  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    var text = text.drop { $0 == 0x20 || $0 == 0x09 }
    while text.last == 0x20 || text.last == 0x09 { text = text.dropLast() }
    return text
  }
}
