/// The reference of the configuration for people, made from `ConfigurationKey.all`.
package enum ConfigurationReference {
  /// The page `docs/configuration.md`.
  package static var markdown: String {
    """
    # Configuration

    <!-- Made by `tessera config reference`. Do not edit by hand. -->

    Every key has a default, so no configuration is needed to begin. A key is taken from, the later ones winning:

    1. its default;
    2. the file that `--config` or `TESSERA_CONFIG` names, else `tessera.yaml` in the working directory when
       there is one;
    3. its environment variable;
    4. the command line.

    An unknown key, an unknown `TESSERA_` variable or a value that is not allowed stops the start with one line
    that names it. `tessera config check` shows every value and where it comes from. A `tessera.yaml` that nobody
    named is told: by servers in the log, by commands on standard error. Variables that Kubernetes sets for a service
    called `tessera` (`TESSERA_PORT=tcp://…`, `TESSERA_SERVICE_HOST` and the like) are ignored, with a line in the log.

    In the file, the dots of a key are levels:

    ```yaml
    issuer: https://auth.example.com
    http:
      port: 8080
      behind-tls-proxy: true
    ```

    A list is a YAML list in the file, and separated by commas in the environment. A secret is never taken from
    `tessera.yaml`: it comes from its environment variable or from a file of its own.

    | Key | Environment variable | Default | Must be | What it is for |
    |---|---|---|---|---|
    \(ConfigurationKey.all.map(row).joined(separator: "\n"))

    The commands read three more variables: `TESSERA_CONFIG`, the file to read; `TESSERA_URL`, the server that
    `tessera token issue` asks instead of the issuer of the data directory; and `TESSERA_CLIENT_SECRET`, the secret it
    sends. A newline at the end of a secret in the environment is no part of it.

    """
  }

  static func row(_ key: ConfigurationKey) -> String {
    let value = key.defaultValue.isEmpty ? "" : "`\(key.defaultValue)`"
    let flag = key.flag.map { " Also `\($0)`." } ?? ""
    return "| `\(key.name)` | `\(key.environmentVariable)` | \(value) | \(key.allowed) | "
      + "\(key.documentation)\(flag) |"
  }
}
