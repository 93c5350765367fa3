import TesseraServer

/// A shell command that gets a token, to be pasted as it is.
struct CurlLine {
  /// Where the server is.
  let baseURL: String
  let clientID: String
  let clientSecret: String
  let scopes: [String]

  var text: String {
    let base = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    let fields = [
      "grant_type=client_credentials", "client_id=\(clientID)", "client_secret=\(clientSecret)",
      "scope=\(scopes.joined(separator: ","))",
    ]
    return (["curl -sS \((base + "/oauth/token").shellQuoted)"] + fields.map(option)).joined(separator: " ")
  }

  /// What is not safe in a form is left to curl to encode.
  private func option(_ field: String) -> String {
    let needsEncoding = field.utf8.contains { "%+&;# ".utf8.contains($0) }
    return (needsEncoding ? "--data-urlencode " : "--data ") + field.shellQuoted
  }
}
