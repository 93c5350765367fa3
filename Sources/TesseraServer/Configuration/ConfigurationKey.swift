/// One thing that can be set: its name, what is allowed, what it is for, and where it goes.
package struct ConfigurationKey: Sendable {
  /// The name in `tessera.yaml`; the dots are levels.
  package let name: String
  /// What its value has to be, to follow "must be".
  package let allowed: String
  /// What it is for, in sentences.
  package let documentation: String
  /// The command line option that sets it too, if there is one.
  package var flag: String?
  /// Whether it must not be shown.
  ///
  /// A secret comes from the environment or a file of its own, never from `tessera.yaml`, which is copied and
  /// committed.
  package var isSecret = false
  /// Whether a part of it may be secret: a value that is refused is not repeated.
  var mayHoldSecret = false
  /// Whether it has several values: a list in YAML, separated by commas elsewhere.
  var isList = false
  let read: @Sendable (ServerConfiguration) -> String
  /// Takes the values in text form; false when they are not allowed.
  let write: @Sendable (inout ServerConfiguration, [String]) -> Bool

  /// The environment variable that sets it.
  package var environmentVariable: String {
    "TESSERA_" + name.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The value of it in text form; empty when it is not set.
  ///
  /// Not for secrets.
  package func value(in configuration: ServerConfiguration) -> String {
    isSecret ? "" : read(configuration)
  }

  /// The value it has when nobody sets it; empty when it has none.
  package var defaultValue: String { value(in: ServerConfiguration()) }

  var components: [String] { name.split(separator: ".").map(String.init) }
}
