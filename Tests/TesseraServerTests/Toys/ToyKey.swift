import TesseraHTTP

@testable import TesseraServer

extension ConfigurationKey {
  static let lines = ConfigurationKey.integer(
    "toy.lines",
    \.http.limits.maximumConnections,
    1...100,
    unit: "lines",
    "How many lines the toy has."
  )
}
