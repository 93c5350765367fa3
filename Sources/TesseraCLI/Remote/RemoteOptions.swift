import ArgumentParser

/// Where a command of administration is done, if not on the data directory of this machine.
struct RemoteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Do it through the management API of a running server, at its management listener. (default: on the data directory)",
      valueName: "url"
    )
  )
  var server: String?

  @Option(
    help: ArgumentHelp(
      "With --server: what 'tessera operator create --format json' has printed, in a file that only you may read.",
      valueName: "file"
    ),
    completion: .file(extensions: ["json"])
  )
  var credentials: String?

  @Option(
    help: ArgumentHelp(
      "With --server: a file in PEM with authorities to trust besides those of this machine.",
      valueName: "file"
    ),
    completion: .file(extensions: ["pem", "crt"])
  )
  var cacert: String?

  func validate() throws {
    guard server == nil else {
      guard credentials != nil else { throw ValidationError("--server needs --credentials") }
      return
    }
    guard credentials == nil, cacert == nil else {
      throw ValidationError("--credentials and --cacert belong to --server")
    }
  }
}
