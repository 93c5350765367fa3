import TesseraCore
import TesseraServer

/// What `tessera dev` says once it can answer requests.
struct DevGreeting {
  let url: String
  let dataDirectory: String
  /// Nil when there is no demo client to get a token with.
  let access: DemoAccess?

  var text: String {
    let start = "Tessera \(Version.current) listens at \(url), with its data in \(dataDirectory.printable)"
    guard let access else {
      return """
        \(start)

        Register an application:

          tessera client create --name my-app --scope item --data \(dataDirectory.shellQuoted)

        Get a token, with the ID and secret that it prints:

          \(curl("CLIENT_ID", "CLIENT_SECRET", scope: "item"))

        Stop the server with Control-C.
        """
    }
    let (client, secret) = (access.client, access.secret.exposed)
    let fields = TextTable.fields([
      "client ID": client.id.rawValue, "client secret": secret, "scopes": client.scopes.joined(by: ", "),
    ])
    return """
      \(start)

      A client to try it out; its secret is shown only now:

      \(fields)

      Get a token:

        \(curl(client.id.rawValue, secret, scope: access.scope))

      Stop the server with Control-C.
      """
  }

  var json: JSONValue {
    var members = [JSONValue.Member("url", .string(url))]
    if let access {
      members += [
        .init("client_id", .string(access.client.id.rawValue)),
        .init("client_secret", .string(access.secret.exposed)),
        .init("scopes", JSONValue(access.client.scopes.scopes.map(\.name))),
      ]
    }
    return .object(members)
  }

  private func curl(_ clientID: String, _ clientSecret: String, scope: String) -> String {
    CurlLine(baseURL: url, clientID: clientID, clientSecret: clientSecret, scopes: [scope]).text
  }
}
