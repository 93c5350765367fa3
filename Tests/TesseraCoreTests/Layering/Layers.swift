/// What may use what: between targets, and inside of the core.
enum Layers {
  /// The targets that each target may import; a target never imports one to its right.
  private static let targets: [(name: String, imports: Set<String>)] = {
    let small: Set = ["TesseraJOSE", "TesseraSupport"]
    let core = small.union(["TesseraCore"])
    let fetching = small.union(["TesseraFetching"])
    let server = core.union([
      "TesseraFetching", "TesseraSQLite", "TesseraPostgres", "TesseraHTTP", "TesseraManagement",
      "TesseraTracing",
    ])
    return [
      ("TesseraJOSE", []),
      ("TesseraSupport", ["TesseraJOSE"]),
      ("TesseraFetching", small),
      ("TesseraCore", small),
      ("TesseraStoreTesting", core),
      ("TesseraSQLite", core),
      ("TesseraPostgres", core),
      ("TesseraHTTP", core),
      ("TesseraManagement", core),
      ("TesseraTracing", core.union(fetching)),
      ("TesseraServer", server),
      ("TesseraCLI", server.union(["TesseraServer"])),
      ("TesseraClient", fetching),
      ("TesseraGuard", fetching),
      ("TesseraGuardHummingbird", ["TesseraGuard"]),
    ]
  }()

  /// The targets that build neither a network nor a database.
  private static let pure: Set = ["TesseraJOSE", "TesseraSupport", "TesseraCore"]
  private static let networks = ["NIO", "AsyncHTTPClient", "Hummingbird", "GRDB", "CLibPQ"]

  /// The folders of the core, from left to right; the files beside them, which put it together, come before what asks the
  /// whole.
  private static let folders = [
    "Encoding", "Model", "Names", "Errors", "Caches", "Keys", "Tokens", "Ports", "Moving", "Replica",
    "Counting", "Denials", "Exchange",
    "Policy", "ClientAuthentication", "Grants", "Endpoints", "Administration", "Notifications", "",
    "Explanation",
  ]

  /// The imports against the direction, in sources whose folders are targets.
  static func wrongImports(in sources: [SwiftSource]) -> [String] {
    sources.flatMap { source -> [String] in
      guard let target = targets.first(where: { $0.name == source.folder }) else {
        return ["\(source.path) is in a target without a place"]
      }
      let wrong = source.imports.filter { module in
        let isOurs = module.hasPrefix("Tessera") && module != target.name
        let isNetwork = pure.contains(target.name) && networks.contains(where: module.hasPrefix)
        return isOurs && !target.imports.contains(module) || isNetwork
      }
      return wrong.sorted().map { "\(source.path) imports \($0)" }
    }
  }

  /// The types of a folder that one to its left uses, in the sources of the core.
  static func wrongUses(in sources: [SwiftSource]) -> [String] {
    var places: [String: [Int]] = [:]
    for source in sources {
      guard let place = folders.firstIndex(of: source.folder) else { continue }
      for type in source.types { places[type, default: []].append(place) }
    }
    return sources.flatMap { source -> [String] in
      guard let place = folders.firstIndex(of: source.folder) else {
        return ["\(source.path) is in a folder without a place"]
      }
      let wrong = source.names.filter { name in places[name].map { $0.allSatisfy { $0 > place } } ?? false }
      return wrong.sorted().map { "\(source.path) uses \($0)" }
    }
  }
}
