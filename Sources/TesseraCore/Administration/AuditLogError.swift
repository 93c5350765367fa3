/// Why the audit log could not be signed or checked.
package enum AuditLogError: Error, Sendable, Equatable {
  /// It is not as it was written.
  case altered(Finding)
  /// The master key of the store was changed, and this process has not the new one.
  case masterKeyIsMissing
  /// The store failed.
  case store(StoreError)

  /// A place where the log is not as it was written.
  package struct Finding: Sendable, Equatable, CustomStringConvertible {
    package let description: String

    static let checkpoint = Finding(
      description: "the checkpoint is not signed by this master key, or was altered"
    )

    static func anchor(_ chain: AuditChain) -> Finding {
      Finding(
        description:
          "where the chain '\(chain.rawValue)' begins is not signed by this master key, or was altered"
      )
    }

    static func missing(_ number: Int64) -> Finding {
      Finding(
        description:
          "record \(number), which a checkpoint names, is gone or was altered: the end was cut or rewritten"
      )
    }

    static func breaks(_ place: AuditChainCheck.Break) -> Finding {
      let last = place.last.map { "record \($0)" } ?? "the start of its chain"
      return Finding(
        description: "record \(place.number) does not follow from \(last): "
          + "one of them was altered, or records between them were removed, inserted or moved"
      )
    }

    static func unchained(_ number: Int64) -> Finding {
      Finding(
        description:
          "record \(number) is in no chain: it was inserted, or written by an older version of Tessera"
      )
    }
  }
}

extension AuditLogError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .altered(let finding): "the audit log was altered: \(finding)"
    case .masterKeyIsMissing: Administration.masterKeyIsMissing
    case .store(let error): error.description
    }
  }
}
