/// What few clients have besides what all have: apart, so that a client without any of it takes one word for it all.
struct ClientExtras: Sendable, Equatable {
  var owner: String?
  var contact: String?
  var labels: [String: String] = [:]
  var quota: Quota?
  var keyMetadata = ClientKeyMetadata()
}

/// A value in memory of its own.
indirect enum Boxed<Value: Sendable & Equatable>: Sendable, Equatable {
  case value(Value)
}
