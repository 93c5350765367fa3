import Crypto
import Synchronization
import TesseraJOSE

/// A document that everybody may read and keep for a while, such as the key set.
struct PublicDocument: Sendable {
  /// Its content.
  let body: [UInt8]
  /// Its entity tag (RFC 9110 §8.8.3), of its content.
  let entityTag: String

  init(_ body: [UInt8]) {
    self.body = body
    entityTag = "\"\(Base64URL.encode(Array(SHA256.hash(data: body).prefix(12))))\""
  }

  /// The answer to a request for it: 304 when the caller has it already (RFC 9110 §13.1.2), 412 when it asks for
  /// another (§13.1.1).
  ///
  /// It may be kept for `lifetime` seconds, and where it is for every site, pages of any origin may read it.
  func response(
    to request: EndpointRequest,
    lifetime: Int,
    contentType: String = "application/json",
    isForEverySite: Bool = false
  ) -> EndpointResponse {
    var headers: HeaderFields = ["ETag": entityTag, "Cache-Control": "public, max-age=\(lifetime)"]
    if isForEverySite { headers.add("Access-Control-Allow-Origin", "*") }
    guard isWanted(request) else {
      return EndpointResponse(
        status: 412,
        headers: ["ETag": entityTag, "Cache-Control": "no-store"],
        body: []
      )
    }
    guard !isKnown(request) else { return EndpointResponse(status: 304, headers: headers, body: []) }
    headers.add("Content-Type", contentType)
    return EndpointResponse(status: 200, headers: headers, body: body)
  }

  /// The comparison is strong.
  private func isWanted(_ request: EndpointRequest) -> Bool {
    let values = request.headers.values(.ifMatch)
    return values.isEmpty || PublicDocument.tags(values).contains { $0 == "*" || $0 == entityTag }
  }

  /// The comparison is weak: proxies that compress make a tag weak.
  private func isKnown(_ request: EndpointRequest) -> Bool {
    PublicDocument.tags(request.headers.values(.ifNoneMatch))
      .contains { $0 == "*" || $0 == entityTag || $0 == "W/" + entityTag }
  }

  private static func tags(_ values: [String]) -> [Substring] {
    values.flatMap { value in
      value.split(separator: ",").map { tag in
        tag.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
      }
    }
  }
}

/// The document that an endpoint makes of what the server knows: kept until that has changed.
struct KeptDocument: ~Copyable, Sendable {
  /// Of which facts; not the facts themselves, so that keys that are gone do not stay in memory.
  private let kept = Mutex<(facts: Int, document: PublicDocument)?>(nil)

  func document(of facts: DirectoryFacts, _ make: () -> [UInt8]) -> PublicDocument {
    kept.withLock { kept in
      if let kept, kept.facts == facts.generation { return kept.document }
      let document = PublicDocument(make())
      kept = (facts.generation, document)
      return document
    }
  }
}

extension EndpointRequest {
  /// Throws unless the method is GET or HEAD.
  func requireRead() throws(Interruption) {
    guard method == "GET" || method == "HEAD" else { throw .refused(.onlyRead) }
  }
}
