import TesseraCore

/// What a database has of our tables.
struct Schema {
  /// The last step that was run; 0 for none.
  let applied: Int
  private let oldestReader: Int
  private let isForeign: Bool
  private let mayUse: Bool
  /// Whether the user may make tables.
  let mayCreate: Bool

  /// Where the steps that were run are recorded.
  static let table = """
    CREATE TABLE IF NOT EXISTS tessera_migrations (
      number integer PRIMARY KEY,
      oldest_reader integer NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )
    """

  /// Of the schema that the user's tables are made in.
  init(of connection: Connection) throws(StoreError) {
    // Views such as pg_stat_statements come with extensions, and tell of no other program. Partitions are used with the
    // rights on their table.
    let found = try connection.row(
      """
      WITH here AS (
        SELECT relation.oid, relation.relname FROM pg_class relation
        WHERE relation.relnamespace = quote_ident(current_schema())::regnamespace
          AND relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relation.relispartition
          AND NOT EXISTS (
            SELECT 1 FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = relation.oid AND deptype = 'e'
          )
      )
      SELECT
        has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        count(*) > 0 AS is_used,
        coalesce(bool_or(relname = 'tessera_migrations'), false) AS is_ours,
        coalesce(bool_and(
          has_table_privilege(oid, 'SELECT') AND (relname = 'tessera_migrations' OR (
            has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
            AND has_table_privilege(oid, 'DELETE')))
        ), true) AS may_use
      FROM here
      """
    )
    guard let found else { throw .unreadable("nothing about itself") }
    let isOurs: Bool = try found.value("is_ours")
    let isUsed: Bool = try found.value("is_used")
    isForeign = isUsed && !isOurs
    mayCreate = try found.value("may_create")
    mayUse = try found.value("may_use")
    let steps =
      isOurs && mayUse
      ? try connection.row("SELECT max(number) AS last, max(oldest_reader) AS oldest FROM tessera_migrations")
      : nil
    applied = try steps?.optionalValue("last") ?? 0
    oldestReader = try steps?.optionalValue("oldest") ?? 0
  }

  /// Whether steps are to be run.
  var isOld: Bool { applied < newest }

  /// What keeps this version from working on it, if anything does.
  func refusal(mayMake: Bool) -> Migrations.Outcome? {
    if isForeign { return .unfit(.foreignTables) }
    if !mayUse { return .unfit(.noRights) }
    if oldestReader > newest { return .unfit(.madeByNewerVersion) }
    return applied == 0 && !mayMake ? .absent : nil
  }

  private var newest: Int { Migrations.all.last?.number ?? 0 }
}
