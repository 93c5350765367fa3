import TesseraServer
import TesseraSupport

/// A shell command that gets a token, to be pasted as it is.
///
/// The secret is in none of its words: every process can read them while it runs, and the shell keeps them.
struct CurlLine {
  /// Where curl takes the client's ID and secret from.
  enum Credentials {
    /// A file with both, as a form.
    case form(file: String)
    /// A file with the secret, to be sent in the form.
    case secretInForm(clientID: String, file: String)
    /// A file with the secret, to be sent in the header.
    case secretInHeader(clientID: String, file: String)
    /// Whoever runs it: curl asks for the secret, and sends it in the header.
    case asked(clientID: String)
  }

  /// Where the server is.
  let baseURL: String
  /// The file with the authority to trust; nil for those of the machine.
  var authority: String?
  let endpoint: ChosenTokenEndpoint
  let credentials: Credentials
  let scopes: [String]

  var text: String {
    let base = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    let url = (base + endpoint.path).shellQuoted
    let grant = "--data grant_type=client_credentials"
    let scope = CurlLine.data("scope", scopes.joined(separator: endpoint.scopeSeparator))
    // The answer ends without a newline, and the prompt would stick to it.
    let curl = #"curl -sS -w '\n'"# + (authority.map { " --cacert \($0.shellQuoted)" } ?? "")
    switch credentials {
    case .form(let file):
      return "\(curl) \(url) \(grant) --data \("@\(file)".shellQuoted) \(scope)"
    case .secretInForm(let clientID, let file):
      let secret = "--data-urlencode \("client_secret@\(file)".shellQuoted)"
      return "\(curl) \(url) \(grant) \(CurlLine.data("client_id", clientID)) \(secret) \(scope)"
    case .secretInHeader(let clientID, let file):
      // printf is a part of the shell, and no process.
      let user =
        #"printf 'user = "%s:%s"' \#(FormEncoding.encode(clientID).shellQuoted) "$(cat \#(file.shellQuoted))""#
      return "\(user) | \(curl) --config - \(url) \(grant) \(scope)"
    case .asked(let clientID):
      return "\(curl) \(url) --user \(FormEncoding.encode(clientID).shellQuoted) \(grant) \(scope)"
    }
  }

  /// What is not safe in a form is left to curl to encode.
  private static func data(_ name: String, _ value: String) -> String {
    let needsEncoding = value.utf8.contains { "%+&;# ".utf8.contains($0) }
    return (needsEncoding ? "--data-urlencode " : "--data ") + "\(name)=\(value)".shellQuoted
  }
}
