import Hummingbird

// Nothing of this exists.

/// A business object.
struct Item: DataEntry {
  let id: String
  let name: String
  let price: Double
  let currency: String

  static let all = [
    Item(id: "moon-lamp", name: "Lamp that waxes and wanes", price: 59.5, currency: "XTS"),
    Item(id: "left-sock", name: "Sock, left only", price: 3, currency: "XTS"),
    Item(id: "quiet-kettle", name: "Kettle that whispers", price: 42, currency: "XTS"),
  ]
}

/// Something that happens.
struct Event: DataEntry {
  let id: String
  let name: String
  let begins: String
  let place: String

  static let all = [
    Event(
      id: "snail-race",
      name: "The Great Snail Race",
      begins: "2031-04-01T10:00:00Z",
      place: "Lettuce Lane"
    ),
    Event(id: "fog-parade", name: "Parade in the Fog", begins: "2031-11-05T17:30:00Z", place: "Nobody saw"),
  ]
}

/// A customer.
struct Profile: DataEntry {
  let id: String
  let name: String
  let email: String

  static let all = [
    Profile(id: "p-1", name: "Ada Example", email: "ada@example.com"),
    Profile(id: "p-2", name: "Bob Placeholder", email: "bob@example.org"),
  ]
}

/// An offer.
struct Promotion: DataEntry {
  let id: String
  let text: String
  let percent: Int

  static let all = [
    Promotion(id: "two-left-socks", text: "Buy one left sock, get another left sock", percent: 50),
    Promotion(id: "full-moon", text: "Moon lamps at full moon", percent: 15),
  ]
}
