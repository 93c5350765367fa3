import TesseraCore

/// Why a store was not moved, backed up or restored: one line that says what to do. Then the target is as it was.
package enum StoreMoveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was asked for makes no sense.
  case usage(String)
  /// What was found does not allow it.
  case conflict(String)
  /// It was tried.
  case failed(String)

  static func noData(_ place: String) -> StoreMoveError {
    .failed("no data at \(place); correct --from")
  }

  package var description: String {
    switch self {
    case .usage(let text), .conflict(let text), .failed(let text): text
    }
  }

  init(_ error: StoreCopyError, from source: String, to target: String) {
    self =
      switch error {
      case .sameStore: .usage("--from and --to are the same store")
      case .sourceInUse: .conflict("servers use \(source); stop them, and run this again")
      case .targetInUse: .conflict("servers use \(target); stop them, and run this again")
      case .sourceMovedOn:
        .conflict("\(source) was written to meanwhile; stop what writes to it, and run this again")
      case .targetNotEmpty(let kind):
        .conflict("\(target) has data already (\(kind.name)); name an empty database, or a new folder")
      case .differs(let sent, let found):
        .failed(
          "\(target) did not keep what it was given (\(sent.kind.name): \(sent.count) with SHA-256 "
            + "\(sent.digest), \(found.count) with \(found.digest)); check its disk and version"
        )
      case .source(let error): .failed("cannot read \(source): \(error)")
      case .target(let error): .failed("cannot fill \(target): \(error)")
      }
  }
}
