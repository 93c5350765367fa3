/// How a line of the log looks.
package enum LogFormat: String, Sendable, CaseIterable {
  /// For people.
  case text
  /// One JSON object a line, for machines.
  case json
}
