// swift-tools-version: 6.2
import PackageDescription

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
  name: "tessera",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "tessera", targets: ["TesseraCLI"]),
    .library(name: "TesseraClient", targets: ["TesseraClient"]),
    .library(name: "TesseraGuard", targets: ["TesseraGuard"]),
    .library(name: "TesseraGuardHummingbird", targets: ["TesseraGuardHummingbird"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    // For tests only: the oracle of our JOSE.
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
  ],
  targets: [
    .target(name: "TesseraJOSE", dependencies: [crypto, cryptoExtras]),
    .target(name: "TesseraSupport", dependencies: ["TesseraJOSE"]),
    // Apart from TesseraSupport, because the core builds no network.
    .target(
      name: "TesseraFetching",
      dependencies: ["TesseraSupport", httpClient, nio, nioHTTP1]
    ),
    // bcrypt, for secrets that come from elsewhere; macOS has none.
    .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
    // What seals tokens, by the processor's AES.
    .target(name: "CAESGCMSIV"),
    .target(
      name: "TesseraCore",
      dependencies: [
        "CAESGCMSIV", "TesseraJOSE", "TesseraSupport", crypto, cryptoExtras, x509, asn1, logging,
        .target(name: "CCrypt", condition: .when(platforms: [.linux])),
      ]
    ),
    .target(
      name: "TesseraSQLite",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    .target(
      name: "TesseraStoreTesting",
      dependencies: ["TesseraCore", "TesseraJOSE", "TesseraSupport"]
    ),
    .systemLibrary(
      name: "CLibPQ",
      pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
    ),
    .target(
      name: "TesseraPostgres",
      dependencies: ["CLibPQ", "TesseraCore", "TesseraJOSE", "TesseraSupport"]
    ),
    .target(
      name: "TesseraHTTP",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", nio, nioPosix, nioHTTP1, nioHTTP2, nioHPACK, nioTLS,
        nioSSL, nioExtras,
        logging, tracing,
      ]
    ),
    .target(
      name: "TesseraTracing",
      dependencies: [
        "TesseraCore", "TesseraFetching", "TesseraJOSE", "TesseraSupport", httpClient, nio, nioHTTP1, logging,
        lifecycle, tracing,
      ]
    ),
    .target(
      name: "TesseraManagement",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", hummingbird, hummingbirdCore, nio, nioPosix, nioSSL,
        logging, lifecycle, tracing,
      ]
    ),
    .target(
      name: "TesseraServer",
      dependencies: [
        "TesseraCore", "TesseraFetching", "TesseraJOSE", "TesseraSupport", "TesseraSQLite", "TesseraPostgres",
        "TesseraHTTP", "TesseraManagement", "TesseraTracing", configuration, httpClient, lifecycle, signals,
        logging, nio,
        nioPosix, nioHTTP1, nioSSL, x509, asn1, crypto, cryptoExtras,
        .product(name: "Yams", package: "Yams"),
      ]
    ),
    .executableTarget(
      name: "TesseraCLI",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraServer", httpClient, nio, nioHTTP1, nioPosix,
        nioSSL, logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .target(
      name: "TesseraClient",
      dependencies: [
        "TesseraJOSE", "TesseraSupport", "TesseraFetching", httpClient, nio, nioHTTP1, nioSSL, crypto,
        logging, metrics, lifecycle,
      ]
    ),
    .target(
      name: "TesseraGuard",
      dependencies: [
        "TesseraJOSE", "TesseraSupport", "TesseraFetching", httpClient, nio, nioHTTP1, crypto, logging,
        metrics,
        lifecycle,
      ]
    ),
    .target(name: "TesseraGuardHummingbird", dependencies: ["TesseraGuard", hummingbird, logging]),
    .executableTarget(
      name: "DataAPI",
      dependencies: ["TesseraGuard", "TesseraGuardHummingbird", hummingbird, httpClient, logging],
      path: "Examples/DataAPI/Server"
    ),
    .executableTarget(
      name: "DataAPIClient",
      dependencies: ["TesseraClient", httpClient, nio, logging],
      path: "Examples/DataAPI/Client"
    ),
    .target(
      name: "TesseraTestSupport",
      dependencies: [
        "CLibPQ", "TesseraCore", "TesseraHTTP", "TesseraJOSE", "TesseraPostgres", "TesseraSQLite",
        "TesseraSupport", "TesseraStoreTesting", nio, nioPosix, nioHTTP1, nioSSL, x509, asn1, crypto,
        cryptoExtras, logging,
      ],
      path: "Tests/TesseraTestSupport"
    ),
    .testTarget(
      name: "TesseraCoreTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraStoreTesting", "TesseraTestSupport", crypto,
        cryptoExtras, logging,
        .product(name: "JWTKit", package: "jwt-kit"),
      ]
    ),
    .testTarget(
      name: "TesseraSQLiteTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraSQLite", "TesseraStoreTesting",
        "TesseraTestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    .testTarget(
      name: "TesseraPostgresTests",
      dependencies: [
        "CLibPQ", "TesseraCore", "TesseraJOSE", "TesseraPostgres", "TesseraStoreTesting", "TesseraSupport",
        "TesseraTestSupport",
      ]
    ),
    .testTarget(
      name: "TesseraHTTPTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraHTTP", "TesseraTestSupport", nio, nioPosix,
        nioHTTP1, nioHPACK, nioTLS, nioSSL, logging,
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ]
    ),
    .testTarget(
      name: "TesseraManagementTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraManagement", "TesseraStoreTesting",
        "TesseraTestSupport", logging,
      ]
    ),
    .testTarget(
      name: "TesseraServerTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraHTTP", "TesseraServer", "TesseraStoreTesting",
        "TesseraTestSupport", "TesseraTracing", configuration, httpClient, lifecycle, logging, nio, nioPosix,
        nioHTTP1, nioSSL, tracing,
      ]
    ),
    .testTarget(
      name: "TesseraClientTests",
      dependencies: [
        "TesseraClient", "TesseraCore", "TesseraHTTP", "TesseraJOSE", "TesseraSupport", "TesseraTestSupport",
        httpClient, nio, nioPosix, nioHTTP1, nioSSL, crypto, cryptoExtras, logging, metrics,
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ]
    ),
    .testTarget(
      name: "TesseraGuardTests",
      dependencies: [
        "TesseraGuard", "TesseraGuardHummingbird", "TesseraCore", "TesseraFetching",
        "TesseraJOSE",
        "TesseraSupport", "TesseraStoreTesting", "TesseraTestSupport", httpClient, hummingbird,
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"), crypto, logging,
        metrics, nio, nioPosix, nioHTTP1,
      ]
    ),
    .testTarget(name: "TesseraLibrariesTests", dependencies: ["TesseraClient", "TesseraGuard"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraHTTP", "TesseraServer", "TesseraStoreTesting",
        "TesseraTestSupport",
      ]
    ),
    // Not products: what script/bench and the check of allocations need of TesseraCore is `package`.
    .target(name: "CMallocCounter", path: "Benchmarks/CMallocCounter"),
    .executableTarget(
      name: "MicroBenchmarks",
      dependencies: [
        "CMallocCounter", "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraStoreTesting", logging,
      ],
      path: "Benchmarks/Micro"
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TesseraCLI", "TesseraClient", "TesseraCore", "TesseraJOSE", "TesseraSupport", "TesseraTestSupport",
        crypto, nioSSL,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "JWTKit", package: "jwt-kit"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
