import Foundation
import TesseraTestSupport
import Testing

/// A store with many clients, made at once.
enum BulkData {
  /// A database with an initialised store, in which there are this many clients with one secret each.
  ///
  /// Its master key is in the data directory of the folder.
  static func database(clients count: Int, in folder: TemporaryFolder) async throws -> String {
    let server = try await PostgresServer.shared
    let url = server.url(try await server.makeDatabase())
    let environment = ["TESSERA_STORE": url]
    try await folder.makeData(environment)
    let create = ["client", "create", "--name", "template", "--scope", "item"]
    #expect(try await TesseraProcess.run(create, in: folder, environment: environment).status == 0)
    let statements = """
      INSERT INTO clients SELECT (jsonb_populate_record(clients, jsonb_build_object(
        'id', 'bulk ' || n, 'name', 'bulk ' || n, 'name_key', 'bulk ' || n))).*
        FROM clients, generate_series(2, \(count)) n;
      INSERT INTO client_secrets SELECT (jsonb_populate_record(client_secrets, jsonb_build_object(
        'client_id', 'bulk ' || n))).* FROM client_secrets, generate_series(2, \(count)) n;
      """
    try Data(statements.utf8).write(to: folder.url("statements.sql"))
    let status = try await TesseraProcess.shell(
      "psql -q -v ON_ERROR_STOP=1 -f statements.sql '\(url)' >/dev/null",
      in: folder
    )
    #expect(status == 0)
    return url
  }
}
