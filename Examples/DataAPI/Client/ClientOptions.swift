/// How the client is configured.
struct ClientOptions {
  var api = "http://127.0.0.1:8081"
  var tokenEndpoint = "http://127.0.0.1:8080/oauth/token"
  var scopes = ["item"]
  var paths = ["/items"]
  let credentialsFile: String

  static let usage = """
    usage: DataAPIClient --credentials FILE [--token-endpoint URL] [--api URL]
                         [--scopes item,event,profile,promotion] [--paths /items,/events,/profiles,/promotions]

    The file is what `tessera client create --format json` has printed.
    """

  /// The options are no such.
  struct Problem: Error, CustomStringConvertible {
    let text: String
    var description: String { "\(text)\n\n\(ClientOptions.usage)" }
  }

  /// Reads `--name value` pairs.
  init(arguments: [String]) throws(Problem) {
    var credentialsFile: String?
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Problem(text: "\(name) needs a value") }
      switch name {
      case "--credentials": credentialsFile = value
      case "--token-endpoint": tokenEndpoint = value
      case "--api": api = value
      case "--scopes": scopes = value.split(separator: ",").map(String.init)
      case "--paths": paths = value.split(separator: ",").map(String.init)
      default: throw Problem(text: "there is no option \(name)")
      }
    }
    guard let credentialsFile else { throw Problem(text: "--credentials is missing") }
    self.credentialsFile = credentialsFile
  }
}
