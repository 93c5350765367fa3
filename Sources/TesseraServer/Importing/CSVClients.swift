import TesseraCore

/// Clients in a table: comma-separated values with a line of headings (RFC 4180).
enum CSVClients {
  /// The columns there can be, in any order.
  private static let columns = [
    "client_id", "name", "scopes", "default_scopes", "secret", "secret_hash", "token_lifetime", "enabled",
  ]

  static func read(_ bytes: [UInt8]) throws(ImportFileError) -> [ForeignClient] {
    var reader = CSVReader(bytes)
    guard let headings = try reader.record() else { throw ImportFileError("the file is empty") }
    let list = columns.joined(separator: ", ")
    for (index, heading) in headings.fields.enumerated() {
      guard columns.contains(heading) else {
        throw ImportFileError("line 1: there is no column '\(heading)'; there are: \(list)")
      }
      guard headings.fields.firstIndex(of: heading) == index else {
        throw ImportFileError("line 1: the column '\(heading)' stands there twice")
      }
    }
    guard headings.fields.contains("client_id") else {
      throw ImportFileError("line 1: there is no column client_id; the first line has the headings: \(list)")
    }
    var clients: [ForeignClient] = []
    while let record = try reader.record() {
      guard record.fields.count == headings.fields.count else {
        throw ImportFileError(
          "line \(record.line): it has \(record.fields.count) fields, and there are \(headings.fields.count) headings"
        )
      }
      let fields = zip(headings.fields, record.fields).filter { !$1.isEmpty }
      clients.append(try client(Dictionary(uniqueKeysWithValues: fields), line: record.line))
    }
    return clients
  }

  private static func client(_ fields: [String: String], line: Int) throws(ImportFileError) -> ForeignClient {
    guard let id = fields["client_id"] else { throw ImportFileError("line \(line): it has no client_id") }
    var client = ForeignClient(place: "line \(line)", id: id)
    client.name = fields["name"]
    client.scopes = try scopes(fields["scopes"], line)
    client.defaultScopes = try scopes(fields["default_scopes"], line)
    if let lifetime = fields["token_lifetime"] {
      guard let seconds = Int(lifetime) else {
        throw ImportFileError("line \(line): token_lifetime is to be a number of seconds")
      }
      client.tokenLifetime = seconds
    }
    switch fields["enabled"] {
    case nil, "true": break
    case "false": client.isEnabled = false
    default: throw ImportFileError("line \(line): enabled is to be true or false")
    }
    switch (fields["secret"], fields["secret_hash"]) {
    case (nil, nil): break
    case (let secret?, nil): client.secret = .init(clear: secret)
    case (nil, let hash?): client.secret = .init(hash: hash)
    case (_?, _?):
      throw ImportFileError("line \(line): it has a secret and a secret_hash; one of them is enough")
    }
    return client
  }

  private static func scopes(_ text: String?, _ line: Int) throws(ImportFileError) -> [String] {
    guard let text else { return [] }
    guard let names = ScopeList.names(in: text) else {
      throw ImportFileError(
        "line \(line): '\(text)' is no list of scopes; write item event, or item,event in quotes"
      )
    }
    return names.map(String.init)
  }
}
