/// What can be declared of a record beside what identifies it: how it is named, shown, compared and set.
package struct DeclaredField<Record: Sendable>: Sendable {
  typealias Setter<Value> =
    @Sendable (_ record: inout Record, _ value: Value, _ rules: DeclarationRules) throws(AdministrationError)
    -> Void

  let member: DeclaredMember
  /// The value that a record has.
  let value: @Sendable (Record) -> DeclaredValue?
  /// The value that a new record has when nothing is said, and any other too unless `staysWhenAbsent`.
  let standard: @Sendable (Record) -> DeclaredValue?
  /// Whether a record keeps what it has when nothing is said.
  let staysWhenAbsent: Bool
  private let setter: Setter<DeclaredValue?>

  package var name: String { member.name }

  /// Sets what is declared, or what holds when nothing is.
  ///
  /// Throws for a value that is not allowed. One that the record has already is.
  func set(
    _ declared: DeclaredValue?,
    of record: inout Record,
    _ rules: DeclarationRules
  ) throws(AdministrationError) {
    if let declared {
      try setter(&record, declared, rules)
    } else if !staysWhenAbsent {
      try setter(&record, standard(record), rules)
    }
  }

  /// The value that has to be said for a record to be made as it is; nil when nothing has to.
  package func said(of record: Record) -> DeclaredValue? {
    let value = value(record)
    return value == standard(record) ? nil : value
  }

  private init(
    _ member: DeclaredMember,
    _ value: @escaping @Sendable (Record) -> DeclaredValue?,
    _ standard: @escaping @Sendable (Record) -> DeclaredValue? = { _ in nil },
    staysWhenAbsent: Bool = false,
    _ setter: @escaping Setter<DeclaredValue?>
  ) {
    self.member = member
    self.value = value
    self.standard = standard
    self.staysWhenAbsent = staysWhenAbsent
    self.setter = setter
  }
}

extension DeclaredField {
  /// A text that every record has.
  static func text(
    _ name: String,
    _ value: @escaping @Sendable (Record) -> String,
    set: @escaping Setter<String>
  ) -> DeclaredField {
    DeclaredField(DeclaredMember(name, .text, isRequired: true), { .text(value($0)) }) {
      record,
      declared,
      rules throws(AdministrationError) in
      guard case .text(let text) = declared else { return }
      try set(&record, text, rules)
    }
  }

  /// A text, or none.
  static func optionalText(
    _ name: String,
    _ value: @escaping @Sendable (Record) -> String?,
    set: @escaping Setter<String?>
  ) -> DeclaredField {
    DeclaredField(DeclaredMember(name, .text), { value($0).map(DeclaredValue.text) }) {
      record,
      declared,
      rules throws(AdministrationError) in
      guard case .text(let text) = declared else { return try set(&record, nil, rules) }
      try set(&record, text, rules)
    }
  }

  /// One of some texts, or none of them; `standard` is the one that holds when nothing is said.
  static func choice(
    _ name: String,
    of choices: [String],
    standard: String? = nil,
    _ value: @escaping @Sendable (Record) -> String?,
    set: @escaping Setter<String?>
  ) -> DeclaredField {
    DeclaredField(
      DeclaredMember(name, .choice(choices)),
      { value($0).map(DeclaredValue.text) },
      { _ in standard.map(DeclaredValue.text) }
    ) { record, declared, rules throws(AdministrationError) in
      guard case .text(let text) = declared else { return try set(&record, nil, rules) }
      try set(&record, text, rules)
    }
  }

  /// A list of texts; `standard` is what it is when nothing is said.
  static func texts(
    _ name: String,
    standard: @escaping @Sendable (Record) -> [String] = { _ in [] },
    _ value: @escaping @Sendable (Record) -> [String],
    set: @escaping Setter<[String]>
  ) -> DeclaredField {
    DeclaredField(DeclaredMember(name, .texts), { .texts(value($0)) }, { .texts(standard($0)) }) {
      record,
      declared,
      rules throws(AdministrationError) in
      guard case .texts(let texts) = declared else { return }
      try set(&record, texts, rules)
    }
  }

  /// A number, or none; `standard` is what it is when nothing is said.
  static func integer(
    _ name: String,
    standard: @escaping @Sendable (Record) -> Int? = { _ in nil },
    _ value: @escaping @Sendable (Record) -> Int?,
    set: @escaping Setter<Int?>
  ) -> DeclaredField {
    DeclaredField(
      DeclaredMember(name, .integer),
      { value($0).map(DeclaredValue.integer) },
      { standard($0).map(DeclaredValue.integer) }
    ) { record, declared, rules throws(AdministrationError) in
      guard case .integer(let number) = declared else { return try set(&record, nil, rules) }
      try set(&record, number, rules)
    }
  }

  /// True or false.
  static func boolean(
    _ name: String,
    standard: Bool,
    staysWhenAbsent: Bool = false,
    _ value: @escaping @Sendable (Record) -> Bool,
    set: @escaping Setter<Bool>
  ) -> DeclaredField {
    DeclaredField(
      DeclaredMember(name, .boolean),
      { .boolean(value($0)) },
      { _ in .boolean(standard) },
      staysWhenAbsent: staysWhenAbsent
    ) { record, declared, rules throws(AdministrationError) in
      guard case .boolean(let isTrue) = declared else { return }
      try set(&record, isTrue, rules)
    }
  }

  /// Texts by their names, or none.
  static func map(
    _ name: String,
    staysWhenAbsent: Bool = false,
    _ value: @escaping @Sendable (Record) -> [String: String],
    set: @escaping Setter<[String: String]>
  ) -> DeclaredField {
    DeclaredField(
      DeclaredMember(name, .map),
      { .map(value($0)) },
      { _ in .map([:]) },
      staysWhenAbsent: staysWhenAbsent
    ) { record, declared, rules throws(AdministrationError) in
      guard case .map(let values) = declared else { return }
      try set(&record, values, rules)
    }
  }
}
