// swift-tools-version: 6.2
import PackageDescription

// What script/bench measures with. A package of its own, so that nobody who uses Tessera's libraries fetches it.
let package = Package(
  name: "tessera-benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "floor", targets: ["Floor"]),
    .executable(name: "pace", targets: ["Pace"]),
    .executable(name: "timing", targets: ["Timing"]),
    .library(name: "MallocCounter", type: .dynamic, targets: ["CMallocCounter"]),
    .library(name: "ClientCertificate", type: .dynamic, targets: ["CClientCertificate"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0")
  ],
  targets: [
    .executableTarget(
      name: "Floor",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Floor"
    ),
    .executableTarget(name: "Pace", path: "Pace", linkerSettings: [.linkedLibrary("m")]),
    .executableTarget(name: "Timing", path: "Timing", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CMallocCounter", path: "CMallocCounter"),
    .target(name: "CClientCertificate", path: "CClientCertificate", linkerSettings: [.linkedLibrary("dl")]),
  ],
  swiftLanguageModes: [.v6]
)
