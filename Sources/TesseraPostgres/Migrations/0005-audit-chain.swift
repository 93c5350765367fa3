extension Migration {
  /// Where and what of each record, the chain it is in, and what is signed about the chains.
  ///
  /// Those from before are in no chain, so nothing protects them; nor are those of versions that do not know chains.
  static let auditChain = Migration(
    number: 5,
    oldestReader: 1,
    sql: """
      ALTER TABLE audit
        ADD COLUMN address text,
        ADD COLUMN differences text NOT NULL DEFAULT '{}',
        ADD COLUMN chain text COLLATE "C" NOT NULL DEFAULT '',
        ADD COLUMN hash bytea NOT NULL DEFAULT '';
      CREATE INDEX audit_by_chain ON audit (chain, number);

      CREATE TABLE audit_marks (
        name text COLLATE "C" PRIMARY KEY,
        statement text NOT NULL,
        signature bytea NOT NULL
      );
      """
  )
}
