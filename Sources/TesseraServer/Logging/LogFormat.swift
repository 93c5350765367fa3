/// The format of the lines of the log.
package enum LogFormat: String, Sendable, CaseIterable {
  /// For people.
  case text
  /// One JSON object a line, for machines.
  case json
}
