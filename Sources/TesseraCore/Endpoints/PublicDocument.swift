import Crypto

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

  /// The answer to a request for it: 304 when the caller has it already (RFC 9110 §13.1.2).
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
    guard !isKnown(request) else { return EndpointResponse(status: 304, headers: headers, body: []) }
    headers.add("Content-Type", contentType)
    return EndpointResponse(status: 200, headers: headers, body: body)
  }

  private func isKnown(_ request: EndpointRequest) -> Bool {
    request.headers.values(.ifNoneMatch).contains { value in
      value.split(separator: ",").contains { tag in
        let tag = tag.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        // The comparison is weak (RFC 9110 §13.1.2): proxies that compress make a tag weak.
        return tag == "*" || tag == entityTag || tag == "W/" + entityTag
      }
    }
  }
}

extension EndpointRequest {
  /// Throws unless the method is GET or HEAD.
  func requireRead() throws(Interruption) {
    guard method == "GET" || method == "HEAD" else { throw .refused(.onlyRead) }
  }
}
