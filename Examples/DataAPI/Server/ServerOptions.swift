import TesseraGuard

/// How the server is configured: by flags, and by variables where a flag is missing.
struct ServerOptions {
  var host = "127.0.0.1"
  var port = 8081
  var introspectionEndpoint = "http://127.0.0.1:8080/oauth2/introspect"
  var maximumAge = 0
  var audience = "https://api.ants.tech"
  /// What its URLs begin with for clients; nil when it takes no tokens that are bound to a key.
  var origin: String?
  let verification: Verification

  /// How tokens are verified.
  enum Verification {
    /// By asking the token service, as a client of its own.
    case introspection(IntrospectionCredentials)
    /// By the keys of this issuer.
    case offline(issuer: String)
  }

  static let usage = """
    usage: DataAPI --client-id ID [--client-secret-file PATH] [--introspection-endpoint URL]
                   [--host HOST] [--port PORT] [--maximum-age SECONDS] [--origin URL]
           DataAPI --issuer URL [--audience URI] [--host HOST] [--port PORT] [--origin URL]

    With --issuer tokens are verified offline, which takes those that are JWTs; without, the token service is asked.
    Each option can also be a variable, such as DATA_API_CLIENT_ID for --client-id. The secret itself can only be one:
    DATA_API_CLIENT_SECRET. Port 0 takes a free one. --maximum-age is how long a revoked token may still be accepted;
    with 0, the default, every request asks the token service. --origin is what the URLs of the API begin with for its
    clients, such as https://api.example.com: with it, tokens that are bound to a key (DPoP) are taken too.
    """

  /// The options are no such.
  struct Problem: Error, CustomStringConvertible {
    let text: String
    var description: String { "\(text)\n\n\(ServerOptions.usage)" }
  }

  private static let names: Set = [
    "host", "port", "introspection-endpoint", "maximum-age", "client-id", "client-secret-file",
    "issuer", "audience", "origin",
  ]

  init(arguments: [String], environment: [String: String]) throws(Problem) {
    let flags = try ServerOptions.flags(arguments)
    func value(_ name: String) -> String? {
      let variable = environment["DATA_API_" + name.replacing("-", with: "_").uppercased()]
      // Kubernetes sets DATA_API_PORT=tcp://… where a service is called data-api.
      return flags[name] ?? variable.flatMap { $0.hasPrefix("tcp://") ? nil : $0 }
    }
    func number(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
      guard let text = value(name) else { return nil }
      guard let number = Int(text), range.contains(number) else {
        throw Problem(text: "--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    if let issuer = value("issuer") {
      verification = .offline(issuer: issuer)
    } else if let clientID = value("client-id") {
      if let path = value("client-secret-file") {
        verification = .introspection(.secretFile(clientID: clientID, path: path))
      } else if let secret = environment["DATA_API_CLIENT_SECRET"] {
        // As in a file, a newline at its end is no part of it.
        verification = .introspection(
          .secret(clientID: clientID, secret.hasSuffix("\n") ? String(secret.dropLast()) : secret)
        )
      } else {
        throw Problem(text: "there is neither --client-secret-file nor DATA_API_CLIENT_SECRET")
      }
    } else {
      throw Problem(text: "--client-id or --issuer is missing")
    }
    host = value("host") ?? host
    port = try number("port", 0...65_535) ?? port
    maximumAge = try number("maximum-age", 0...3600) ?? maximumAge
    introspectionEndpoint = value("introspection-endpoint") ?? introspectionEndpoint
    audience = value("audience") ?? audience
    origin = value("origin")
  }

  /// `--name value` or `--name=value`.
  private static func flags(_ arguments: [String]) throws(Problem) -> [String: String] {
    var flags: [String: String] = [:]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard let first = parts.first, first.hasPrefix("--"), names.contains(String(first.dropFirst(2))) else {
        throw Problem(text: "there is no option \(argument)")
      }
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
        throw Problem(text: "\(first) needs a value")
      }
      flags[String(first.dropFirst(2))] = value
    }
    return flags
  }
}
