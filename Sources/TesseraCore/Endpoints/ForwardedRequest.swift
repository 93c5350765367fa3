import TesseraJOSE

/// The request that a gateway holds, as it tells of it in the header fields of its own.
///
/// Either `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`, as Traefik and Caddy send them, or `X-Original-Method` and
/// `X-Original-URL`, with the whole URL. What a gateway does not overwrite, its caller may have written: so there must not
/// be both.
struct ForwardedRequest {
  /// The method.
  let method: String
  /// The URL that its sender knows.
  let target: TargetURI

  /// Why it is not known what the gateway holds, for the log.
  enum Problem: String, Error, Sendable {
    case missing =
      "the gateway tells neither X-Forwarded-Method, -Proto, -Host and -Uri nor X-Original-Method and -URL"
    case twice = "the gateway tells X-Forwarded-Uri and X-Original-URL, or passes on one of its caller's"
    case unreadable = "what the gateway tells of the request is no method and no http or https URL"
  }

  init(_ headers: RequestHeaders) throws(Problem) {
    func value(_ name: HeaderName) throws(Problem) -> String? {
      let values = headers.values(name)
      guard values.count <= 1 else { throw .twice }
      return values.first
    }
    let (uri, url) = (try value(.forwardedURI), try value(.originalURL))
    guard uri == nil || url == nil else { throw .twice }
    let parts: (method: String, url: String)
    if let url, let method = try value(.originalMethod) {
      parts = (method, url)
    } else if let uri, let method = try value(.forwardedMethod), let host = try value(.forwardedHost),
      let scheme = try value(.forwardedProto)
    {
      guard uri.utf8.first == UInt8(ascii: "/") else { throw .unreadable }
      parts = (method, "\(scheme)://\(host)\(uri)")
    } else {
      throw .missing
    }
    guard !parts.method.isEmpty, let target = TargetURI(parts.url) else { throw .unreadable }
    method = parts.method
    self.target = target
  }
}
