import TesseraCore
import Tracing

/// Who makes the spans, as the OpenTelemetry conventions call it.
package struct SpanOrigin: Sendable {
  let version: String
  /// What tells this process from others of the service.
  let instance: String

  package init(version: String, instance: String) {
    self.version = version
    self.instance = instance
  }

  fileprivate static var service: String { "tessera" }
}

/// Spans as OTLP has them in JSON: the mapping of Protocol Buffers, with IDs in hexadecimal digits and numbers of 64 bits
/// as texts.
struct OTLPDocument {
  /// Longer texts are cut, in characters.
  private static let longestText = 256

  let json: JSONValue

  init(_ spans: [FinishedSpan], of origin: SpanOrigin) {
    let resource = [
      ("service.name", SpanOrigin.service), ("service.version", origin.version),
      ("service.instance.id", origin.instance),
    ]
    let scope = JSONValue.object([
      .init("name", .string(SpanOrigin.service)), .init("version", .string(origin.version)),
    ])
    let scopeSpans = JSONValue.object([
      .init("scope", scope), .init("spans", .array(spans.map(OTLPDocument.span))),
    ])
    let attributes = resource.map { OTLPDocument.attribute($0, OTLPDocument.text($1)) }
    json = .object([
      .init(
        "resourceSpans",
        .array([
          .object([
            .init("resource", .object([.init("attributes", .array(attributes))])),
            .init("scopeSpans", .array([scopeSpans])),
          ])
        ])
      )
    ])
  }

  private static func span(_ span: FinishedSpan) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("traceId", .string(span.identity.traceID)), .init("spanId", .string(span.identity.spanID)),
    ]
    if let parent = span.parent { members.append(.init("parentSpanId", .string(parent.spanID))) }
    var attributes: [(name: String, value: JSONValue)] = []
    span.attributes.forEach { name, value in
      if let value = OTLPDocument.value(value) { attributes.append((name, value)) }
    }
    members += [
      .init("flags", .integer(flags(of: span))), .init("name", .string(span.name)),
      .init("kind", .integer(kind(span.kind))), .init("startTimeUnixNano", .string(String(span.start))),
      .init("endTimeUnixNano", .string(String(span.end))),
      .init("attributes", .array(attributes.sorted { $0.name < $1.name }.map(attribute))),
      .init("status", .object(span.isError ? [.init("code", .integer(2))] : [])),
    ]
    return .object(members)
  }

  /// The flags of the trace, and whether it is known that the parent is in another service, and whether it is.
  private static func flags(of span: FinishedSpan) -> Int {
    (span.identity.isSampled ? 1 : 0) | 0x100 | (span.parent?.isRemote == true ? 0x200 : 0)
  }

  private static func kind(_ kind: SpanKind) -> Int {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }

  private static func attribute(_ name: String, _ value: JSONValue) -> JSONValue {
    .object([.init("key", .string(name)), .init("value", value)])
  }

  private static func text(_ text: String) -> JSONValue {
    .object([.init("stringValue", .string(String(text.prefix(longestText))))])
  }

  /// Nil for a kind of value that no span here has.
  private static func value(_ value: SpanAttribute) -> JSONValue? {
    switch value {
    case .string(let text): OTLPDocument.text(text)
    case .int64(let number): .object([.init("intValue", .string(String(number)))])
    case .bool(let value): .object([.init("boolValue", .boolean(value))])
    default: nil
    }
  }
}
