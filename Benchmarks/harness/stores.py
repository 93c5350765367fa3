"""Stores with many clients."""

import json
import os
import sqlite3
import subprocess
import sys

from servers import Failure

# script/cluster-test has servers of PostgreSQL too.
sys.path.append(f"{os.path.dirname(os.path.abspath(__file__))}/../../script/lib/cluster")
import postgres  # noqa: E402
import processes  # noqa: E402

# The first group of a filled-in client's ID says what is special about it.
USUAL, DISABLED, EXPIRED, UNKNOWN = "0", "1", "2", "3"
BY_ES256, BY_RS256, BY_CERTIFICATE = "4", "5", "6"


def client_id(number="{client}", kind=USUAL):
    """The ID of a filled-in client; without a number the place for one, as wrk/cycle.lua knows it."""
    return f"0000000{kind}-0000-4000-8000-{number if isinstance(number, str) else format(number, '012d')}"


class Store:
    """A data directory with so many clients: a resource server, one whose tokens are JWTs if there is that, the one
    that is the template, and copies of it. All copies have the template's secret: the server compares hashes, and it
    makes no difference to it whether others have the same."""

    def __init__(self, tessera, folder, clients, disabled=0, expired=0, environment=None):
        self.tessera, self.folder = tessera, folder
        # What commands and servers on it need.
        self.environment = environment or {}
        # A tessera of before there was `init` makes the folder by itself.
        subprocess.run([tessera, "init", "--data", folder], capture_output=True, env={**os.environ, **self.environment})
        self.template = self._create("template", "--scope", "item,event,profile,promotion")
        self.secret = self.template["client_secret"]
        self.resource_server = self._create("resource server", "--resource-server")
        try:
            self.jwt_client = self._create("jwt", "--scope", "item", "--token-format", "jwt")
        except Failure:
            self.jwt_client = None
        self.count = clients - 3 - disabled - expired
        self._fill(USUAL, self.count)
        self._fill(DISABLED, disabled, client={"enabled": "0"})
        self._fill(EXPIRED, expired, secret={"expires_at": "created_at + 1"})

    def _create(self, name, *options):
        result = subprocess.run(
            [self.tessera, "client", "create", "--data", self.folder, "--format", "json", "--name", name, *options],
            capture_output=True, text=True, env={**os.environ, **self.environment})
        if result.returncode != 0:
            raise Failure(result.stderr.strip() or f"could not create the client {name}")
        return json.loads(result.stdout)

    def register(self, kind, *options):
        """As many clients with a scope and these options, beside the usual ones; their IDs."""
        ids = [client_id(number, kind) for number in range(self.count)]
        for identifier in ids:
            self._create(f"client {identifier}", "--scope", "item", "--id", identifier, *options)
        return ids

    def commits(self):
        """How many commits SQLite has counted, modulo 2^32: `iChange` in the header of its index of the log."""
        with open(os.path.join(self.folder, "tessera.sqlite-shm"), "rb") as index:
            return int.from_bytes(index.read(12)[8:], sys.byteorder)

    def _fill(self, kind, count, client=None, secret=None):
        """Copies the template's rows, whatever columns they have, with another ID and name."""
        if not count:
            return
        name = f"'client {kind} ' || numbers.n"
        text = f"'{client_id('', kind)}' || printf('%012d', numbers.n)"
        with sqlite3.connect(os.path.join(self.folder, "tessera.sqlite")) as database:
            for table, key, changed in (
                ("clients", "id", {"id": text, "name": name, "name_key": f"lower({name})", **(client or {})}),
                ("client_secrets", "client_id", {"client_id": text, **(secret or {})}),
            ):
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                values = ", ".join(changed.get(column, column) for column in columns)
                database.execute(
                    f"""
                    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)
                    INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM numbers, {table} WHERE {key} = ?
                    """,
                    (count, self.template["client_id"]))
        # Otherwise readers would look through a log of half a gigabyte.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


class PostgresStore(Store):
    """The same in a PostgreSQL of its own, which runs until `stop`; with clients of the usual kind only."""

    def __init__(self, tessera, folder, clients):
        self.server = postgres.Postgres(f"{folder}-postgres")
        try:
            self.server.initialise()
            self.server.create_database("tessera")
            # libpq takes no file that others may read, and that of the server belongs to its user.
            passwords = f"{folder}-passwords"
            with open(self.server.passfile) as file, open(os.open(passwords, os.O_WRONLY | os.O_CREAT, 0o600), "w") as copy:
                copy.write(file.read())
            super().__init__(tessera, folder, clients, environment={
                "TESSERA_STORE": f"postgres://owner@{self.server.address}/tessera", "PGPASSFILE": passwords})
        except (processes.Failure, Failure) as reason:
            self.stop()
            raise Failure(str(reason)) from None

    def _fill(self, kind, count, client=None, secret=None):
        if count:
            self.server.copy_client(self.template["client_id"], client_id("", kind), range(count), "tessera")

    def stop(self):
        self.server.stop("immediate")
