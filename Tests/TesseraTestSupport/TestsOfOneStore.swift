package import Testing

/// The tests that are not run on every kind of store, by the reason why not.
extension Trait where Self == ConditionTrait {
  /// What a client is registered for is a toy: databases look up what they read in `GrantType.all` and
  /// `ClientAuthenticationMethod.allCases`, where it is not.
  package static var registeredForAToy: ConditionTrait {
    .enabled(if: StoreKind.current == .memory, "no database knows the toy that a client is registered for")
  }

  /// The file of the database is looked at, damaged, or given other permissions.
  package static var databaseFile: ConditionTrait {
    .disabled(if: StoreKind.current == .postgres, "PostgreSQL's files are its own")
  }

  /// What is said where there is no data directory; with another store there is nothing to miss.
  package static var dataDirectoryAlone: ConditionTrait {
    .disabled(if: StoreKind.current == .postgres, "the data is not in the data directory")
  }
}
