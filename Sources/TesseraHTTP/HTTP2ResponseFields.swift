import NIOHPACK
import TesseraCore
import TesseraSupport

/// The header fields of answers as HTTP/2 has them: names in lower case, the status first.
struct HTTP2ResponseFields {
  /// The fields that never change, by their number; each connection has its own, because what several event loops refer
  /// to is counted by all of them.
  private let fixed: [HPACKHeaders] = FixedFields.allCases.map { fixed in
    HPACKHeaders(fixed.fields.map { ($0.name.description.lowercased(), $0.value.description) })
  }

  private var date: DateText
  private let strictTransport: String?

  init(clock: WallClock, strictTransport: String?) {
    date = DateText(clock: clock) { $0 }
    self.strictTransport = strictTransport
  }

  /// Those of an answer, which say how long its body is even to HEAD, to which it has none.
  ///
  /// Only what never changes goes to the table that both ends keep: otherwise a peer that allows a large one makes us
  /// keep, and search, all the dates there were.
  mutating func fields(of response: EndpointResponse, _ id: RequestID) -> HPACKHeaders {
    var fields: HPACKHeaders = [":status": String(response.status)]
    fields.add(contentsOf: fixed[response.headers.fixed.rawValue])
    for (name, value) in response.headers.others {
      fields.add(name: name.lowercased(), value: value, indexing: .nonIndexable)
    }
    fields.add(name: "date", value: date.current(), indexing: .nonIndexable)
    fields.add(name: "x-request-id", value: id.description, indexing: .nonIndexable)
    if let strictTransport {
      fields.add(name: "strict-transport-security", value: strictTransport, indexing: .nonIndexable)
    }
    if response.hasContentLength {
      fields.add(name: "content-length", value: String(response.body.count), indexing: .nonIndexable)
    }
    return fields
  }
}
