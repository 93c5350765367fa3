import Foundation
import TesseraServer

/// Loads a configuration from a YAML text, or without a file.
func load(
  yaml: String? = nil,
  environment: [String: String] = [:],
  flags: [String: String] = [:]
) throws -> ServerConfiguration {
  let folder = try TemporaryFolder()
  let file = try yaml.map { try folder.write($0, to: "tessera.yaml") }
  return try ServerConfiguration.load(
    file: file,
    defaultFile: folder.path + "/none.yaml",
    environment: environment,
    flags: flags
  )
}

/// Why a configuration is refused; nil when it is not.
///
/// The folder of the file is left out.
func refusal(
  yaml: String? = nil,
  environment: [String: String] = [:],
  flags: [String: String] = [:]
) throws -> String? {
  do {
    _ = try load(yaml: yaml, environment: environment, flags: flags)
    return nil
  } catch let error as ConfigurationError {
    return error.description.replacing(/[^ ]*\/tessera\.yaml/, with: "tessera.yaml")
  }
}
