import Hummingbird

/// One entry of an API.
protocol DataEntry: ResponseEncodable, Sendable {
  /// What it is found by.
  var id: String { get }
}
