/// What a refused request for a token asked for, as far as it can be shown: names of scopes and APIs.
package struct RequestedAccess: Sendable, Equatable {
  package var scopes: [String] = []
  package var resources: [String] = []
  /// How many names are left out.
  package var omitted = 0

  init() {}
}
