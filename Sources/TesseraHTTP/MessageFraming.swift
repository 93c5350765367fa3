import NIOHTTP1

/// What the header fields say about the message and the connection, gathered in one pass.
struct MessageFraming {
  private(set) var hostCount = 0
  private(set) var contentLength: Int?
  private(set) var expectsContinue = false
  private(set) var hasUpgrade = false

  init(_ headers: HTTPHeaders) {
    for (name, value) in headers {
      // The lengths differ, so that hardly any name is compared.
      switch name.utf8.count {
      case 4: if name.lowercased() == "host" { hostCount += 1 }
      case 6:
        if name.lowercased() == "expect" { expectsContinue = value.lowercased() == "100-continue" }
      case 7: if name.lowercased() == "upgrade" { hasUpgrade = true }
      case 14: if name.lowercased() == "content-length" { contentLength = contentLength ?? Int(value) }
      default: break
      }
    }
  }
}
