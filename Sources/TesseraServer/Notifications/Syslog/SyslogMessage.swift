import Foundation
package import TesseraCore
import TesseraJOSE

/// Writes records of the audit log as messages of syslog (RFC 5424).
package struct SyslogMessage: Sendable {
  /// What many receivers take at the most, in bytes: beyond it they cut, so a longer record goes without its particulars.
  static let limit = 8192
  /// That of what an operator should know and is no error: notice.
  private static let severity = 5

  private let facility: SyslogFacility
  private let host: String
  private let process: Int32

  package init(
    facility: SyslogFacility,
    host: String = ProcessInfo.processInfo.hostName,
    process: Int32 = ProcessInfo.processInfo.processIdentifier
  ) {
    self.facility = facility
    // Nothing but visible ASCII (RFC 5424 §6 `PRINTUSASCII`).
    let visible = host.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }.prefix(255)
    self.host = visible.isEmpty ? "-" : String(String.UnicodeScalarView(visible))
    self.process = process
  }

  /// The message of an event; nil for one that is none of syslog's.
  package func bytes(of event: SecurityEvent) -> [UInt8]? {
    switch event.content {
    case .record(let record): bytes(of: record)
    case .test(let time, let id):
      Array(text("test", at: time, [("id", id)], "somebody tries whether this arrives").utf8)
    case .expiry, .notice: nil
    }
  }

  private func bytes(of record: AuditRecord) -> [UInt8] {
    let whole = text(of: record, AuditRepresentation(record).json)
    guard whole.utf8.count > SyslogMessage.limit else { return Array(whole.utf8) }
    let short = JSONValue.object([
      .init("number", .integer(Int(record.number))), .init("action", .string(record.event.action.rawValue)),
      .init("shortened", .boolean(true)),
    ])
    return Array(text(of: record, short).utf8.prefix(SyslogMessage.limit))
  }

  private func text(of record: AuditRecord, _ json: JSONValue) -> String {
    let event = record.event
    let parameters: [(String, String?)] = [
      ("number", String(record.number)), ("chain", record.chain.rawValue), ("hash", record.hash.hexadecimal),
      ("actor", event.actor), ("address", event.address), ("subject", event.subject),
    ]
    return text(event.action.rawValue, at: event.time, parameters, json.text().escapedAsASCII)
  }

  private func text(
    _ name: String,
    at time: Timestamp,
    _ parameters: [(String, String?)],
    _ message: String
  ) -> String {
    // 32473 is the number of no enterprise (RFC 5612): we have none.
    let data = parameters.compactMap { name, value in
      value.map { " \(name)=\"\(SyslogMessage.escaped($0))\"" }
    }.joined()
    return
      "<\(facility.code * 8 + SyslogMessage.severity)>1 \(time.iso8601) \(host) tessera \(process) \(name) "
      + "[tessera@32473\(data)] \(message)"
  }

  /// A value of a parameter (RFC 5424 §6.3.3), of at most 512 characters.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.prefix(512).printable {
      if character == "\"" || character == "\\" || character == "]" { escaped += "\\" }
      escaped.append(character)
    }
    return escaped
  }
}

extension String {
  /// JSON with everything beyond ASCII escaped, so that it needs no byte order mark (RFC 5424 §6.4).
  fileprivate var escapedAsASCII: String {
    guard !utf8.allSatisfy({ $0 < 0x80 }) else { return self }
    var text = ""
    for unit in utf16 {
      if unit < 0x80, let scalar = Unicode.Scalar(unit) {
        text.unicodeScalars.append(scalar)
      } else {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }
}
