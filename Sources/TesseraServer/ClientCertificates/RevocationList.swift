import Foundation
import SwiftASN1
import TesseraCore
import TesseraJOSE
import X509

/// A list of revoked certificates (RFC 5280 §5), complete and of one authority.
struct RevocationList: Sendable {
  static let maximumSize = 16 << 20

  /// Whose certificates it is about.
  let issuer: DistinguishedName
  /// When it ends to count; nil for never.
  let nextUpdate: Timestamp?
  private let serialNumbers: Set<[UInt8]>
  private let signedBytes: [UInt8]
  private let algorithm: Certificate.SignatureAlgorithm
  private let signature: [UInt8]

  /// Reads one list in DER, or any number of them in PEM.
  static func lists(in bytes: [UInt8]) throws(AuthorityProblem) -> [RevocationList] {
    if bytes.first == 0x30 { return [try RevocationList(der: bytes)] }
    guard let text = String(validating: bytes, as: UTF8.self),
      let documents = try? PEMDocument.parseMultiple(pemString: text)
    else { throw .noRevocationList }
    guard !documents.contains(where: { $0.discriminator.hasSuffix("PRIVATE KEY") }) else { throw .key }
    let blocks = documents.filter { $0.discriminator == "X509 CRL" }
    guard !blocks.isEmpty else { throw .noRevocationList }
    var lists: [RevocationList] = []
    for block in blocks { lists.append(try RevocationList(der: block.derBytes)) }
    return lists
  }

  init(der bytes: [UInt8]) throws(AuthorityProblem) {
    do {
      self = try RevocationList.read(bytes)
    } catch let problem as AuthorityProblem {
      throw problem
    } catch {
      throw .damagedRevocationList
    }
  }

  /// Whether the authority with this key has signed it.
  func isSigned(by key: Certificate.PublicKey) -> Bool {
    key.isValidSignature(signature, for: signedBytes, signatureAlgorithm: algorithm)
  }

  func contains(_ certificate: Certificate) -> Bool {
    serialNumbers.contains(Array(certificate.serialNumber.bytes))
  }

  // MARK: Reading

  private init(
    _ body: Body,
    signed: [UInt8],
    _ algorithm: Certificate.SignatureAlgorithm,
    _ signature: [UInt8]
  ) {
    issuer = body.issuer
    nextUpdate = body.nextUpdate
    serialNumbers = body.serialNumbers
    signedBytes = signed
    self.algorithm = algorithm
    self.signature = signature
  }

  private struct Body {
    var issuer = DistinguishedName()
    var nextUpdate: Timestamp?
    var serialNumbers: Set<[UInt8]> = []
  }

  private static func read(_ bytes: [UInt8]) throws -> RevocationList {
    try DER.sequence(try DER.parse(bytes), identifier: .sequence) { nodes in
      guard let signed = nodes.next(), let algorithm = nodes.next() else {
        throw AuthorityProblem.damagedRevocationList
      }
      let signature = try ASN1BitString(derEncoded: &nodes)
      return RevocationList(
        try body(signed),
        signed: Array(signed.encodedBytes),
        try self.algorithm(algorithm),
        Array(signature.bytes)
      )
    }
  }

  private static func algorithm(_ node: ASN1Node) throws -> Certificate.SignatureAlgorithm {
    let identifier = try DER.sequence(node, identifier: .sequence) { nodes in
      let identifier = try ASN1ObjectIdentifier(derEncoded: &nodes)
      _ = nodes.next()
      return identifier
    }
    guard let known = algorithms[identifier] else { throw AuthorityProblem.damagedRevocationList }
    return known
  }

  private static let algorithms: [ASN1ObjectIdentifier: Certificate.SignatureAlgorithm] = [
    [1, 2, 840, 10_045, 4, 3, 2]: .ecdsaWithSHA256, [1, 2, 840, 10_045, 4, 3, 3]: .ecdsaWithSHA384,
    [1, 2, 840, 10_045, 4, 3, 4]: .ecdsaWithSHA512, [1, 2, 840, 113_549, 1, 1, 11]: .sha256WithRSAEncryption,
    [1, 2, 840, 113_549, 1, 1, 12]: .sha384WithRSAEncryption,
    [1, 2, 840, 113_549, 1, 1, 13]: .sha512WithRSAEncryption, [1, 3, 101, 112]: .ed25519,
  ]

  /// RFC 5280 §5.1.2.
  private static func body(_ node: ASN1Node) throws -> Body {
    try DER.sequence(node, identifier: .sequence) { nodes in
      var body = Body()
      var next = nodes.next()
      if next?.identifier == .integer { next = nodes.next() }
      // The algorithm once more, the issuer and the beginning.
      guard next?.identifier == .sequence, let issuer = nodes.next(), let begin = nodes.next(), isTime(begin)
      else {
        throw AuthorityProblem.damagedRevocationList
      }
      body.issuer = try DistinguishedName(derEncoded: issuer)
      next = nodes.next()
      if let end = next, isTime(end) {
        body.nextUpdate = try time(end)
        next = nodes.next()
      }
      if let entries = next, entries.identifier == .sequence {
        body.serialNumbers = try self.serialNumbers(entries)
        next = nodes.next()
      }
      if let extensions = next { try checkExtensions(extensions) }
      return body
    }
  }

  private static func serialNumbers(_ entries: ASN1Node) throws -> Set<[UInt8]> {
    var numbers: Set<[UInt8]> = []
    try DER.sequence(entries, identifier: .sequence) { nodes in
      while let entry = nodes.next() {
        try DER.sequence(entry, identifier: .sequence) { parts in
          let number = try Certificate.SerialNumber(bytes: ArraySlice<UInt8>(derEncoded: &parts))
          numbers.insert(Array(number.bytes))
          guard parts.next() != nil else { throw AuthorityProblem.damagedRevocationList }
          if let extensions = parts.next() { try checkList(extensions) }
        }
      }
    }
    return numbers
  }

  private static func checkExtensions(_ node: ASN1Node) throws {
    try DER.explicitlyTagged(node, tagNumber: 0, tagClass: .contextSpecific) { try checkList($0) }
  }

  /// One that is critical changes what the list means, such as that it has only the changes since another.
  private static func checkList(_ node: ASN1Node) throws {
    try DER.sequence(node, identifier: .sequence) { nodes in
      while let element = nodes.next() {
        try DER.sequence(element, identifier: .sequence) { parts in
          _ = try ASN1ObjectIdentifier(derEncoded: &parts)
          var value = parts.next()
          if let critical = value, critical.identifier == .boolean {
            guard try !Bool(derEncoded: critical) else { throw AuthorityProblem.partialRevocationList }
            value = parts.next()
          }
          guard value != nil else { throw AuthorityProblem.damagedRevocationList }
        }
      }
    }
  }

  private static func isTime(_ node: ASN1Node) -> Bool {
    node.identifier == .utcTime || node.identifier == .generalizedTime
  }

  private static func time(_ node: ASN1Node) throws -> Timestamp {
    var parts = DateComponents()
    parts.timeZone = TimeZone(secondsFromGMT: 0)
    if node.identifier == .utcTime {
      let time = try UTCTime(derEncoded: node)
      (parts.year, parts.month, parts.day) = (time.year, time.month, time.day)
      (parts.hour, parts.minute, parts.second) = (time.hours, time.minutes, time.seconds)
    } else {
      let time = try GeneralizedTime(derEncoded: node)
      (parts.year, parts.month, parts.day) = (time.year, time.month, time.day)
      (parts.hour, parts.minute, parts.second) = (time.hours, time.minutes, time.seconds)
    }
    guard let date = Calendar(identifier: .gregorian).date(from: parts) else {
      throw AuthorityProblem.damagedRevocationList
    }
    return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
  }
}
