import Foundation
import TesseraSupport

extension ConfigurationKey {
  /// What concerns spans, a part of `all`.
  static let tracing: [ConfigurationKey] = [endpoint, sampleRatio]

  private static let endpoint: ConfigurationKey = {
    var key = ConfigurationKey.text(
      "tracing.endpoint",
      \.tracing.endpoint,
      allowed: "an http or https URL without user information, query and fragment",
      "The collector that spans are sent to, by OTLP over HTTP in JSON: its base URL, to which /v1/traces is added, or a "
        + "URL that ends so. Without it nothing is traced.",
      isAllowed: { text in
        guard let parts = try? ServiceURL.parts(of: text, allowsPlainHTTP: true) else { return false }
        return parts.query == nil
      }
    )
    key.mayHoldSecret = true
    return key
  }()

  private static let sampleRatio = ConfigurationKey(
    name: "tracing.sample-ratio",
    allowed: "a number from 0 to 1, such as 0.05",
    documentation:
      "How many of the traces that begin here are kept. Of a trace that a caller brings along (traceparent) "
      + "it has decided that.",
    read: { String($0.tracing.sampleRatio) },
    write: { configuration, texts in
      guard texts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
        let ratio = Double(texts[0]), (0...1).contains(ratio)
      else { return false }
      configuration.tracing.sampleRatio = ratio
      return true
    }
  )
}
