import TesseraCore
import TesseraServer

/// What `tessera dev` says once it can answer requests.
struct DevGreeting {
  let url: String
  /// The file with the authority of its certificate; nil without one of its own.
  let authority: String?
  let endpoint: ChosenTokenEndpoint
  let dataDirectory: String
  let access: DemoAccess.Outcome
  /// Where the demo client's ID and secret are as a form.
  let form: PrivateFile
  /// The line that registers an application.
  let registration: String

  var text: String {
    let start = "Tessera \(Version.current) listens at \(url), with its data in \(dataDirectory.printable)"
    switch access {
    case .none(let reason):
      return """
        \(start)

        There is no demo client: \(reason.printable).

        Register an application; that prints how to get a token:

          \(registration)

        Stop the server with Control-C.
        """
    case .ready(let access):
      let fields = TextTable.fields([
        "client ID": access.client.id.rawValue, "client secret": access.secret.exposed,
        "scopes": access.scopes.joined(separator: ", "),
      ])
      let curl = CurlLine(
        baseURL: url,
        authority: authority,
        endpoint: endpoint,
        credentials: .form(file: form.path),
        scopes: [access.scope]
      )
      return """
        \(start)

        A client to try it out; the next start gives it another secret:

        \(fields)

        Get a token:

          \(curl.text)

        Stop the server with Control-C.
        """
    }
  }

  var json: JSONValue {
    var members = [JSONValue.Member("url", .string(url))]
    if let authority { members.append(.init("ca_file", .string(authority))) }
    switch access {
    case .none(let reason): members.append(.init("no_demo_client", .string(reason)))
    case .ready(let access):
      members += [
        .init("client_id", .string(access.client.id.rawValue)),
        .init("client_secret", .string(access.secret.exposed)),
        .init("client_form_file", .string(form.path)),
        .init("scopes", JSONValue(access.scopes)),
      ]
    }
    return .object(members)
  }
}
