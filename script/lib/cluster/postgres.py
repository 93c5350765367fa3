"""PostgreSQL servers in folders of their own: a primary, and standbys that are copies of it.

PostgreSQL does not run as root; then it runs as the user that Debian's package makes. Everything goes over the loopback
with a password that stands in a file, as it would between machines."""

import glob
import os
import secrets
import shutil
import subprocess

from processes import Failure, free_port, run, wait_until

USER = "postgres"
NAME_OF_STANDBY = "standby"


def programs():
    """The folder of PostgreSQL's programs: Debian puts them where no PATH leads, the newest counts."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda folder: int(folder.split("/")[-2]), reverse=True)
    for folder in [*folders, *os.environ.get("PATH", "").split(":")]:
        if all(os.path.exists(f"{folder}/{name}") for name in ("initdb", "pg_ctl", "pg_basebackup")):
            return folder
    raise Failure("PostgreSQL is missing: apt-get install postgresql")


class Postgres:
    """A server with its data in a folder."""

    def __init__(self, folder):
        self.folder, self.passfile = folder, f"{folder}/passwords"
        self.data, self.log = f"{folder}/data", f"{folder}/log"
        self.port = free_port()
        self.is_running = False
        os.makedirs(folder, mode=0o700)
        if os.getuid() == 0:
            shutil.chown(folder, USER)

    def initialise(self):
        """Makes a new server of it."""
        password = secrets.token_hex(16)
        self._write(self.passfile, f"*:*:*:owner:{password}\n")
        self._write(f"{self.folder}/password", password + "\n")
        self._program("initdb", "-U", "owner", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "scram-sha-256",
                      f"--pwfile={self.folder}/password")
        self.start()
        self.sql("CREATE EXTENSION pg_stat_statements")

    def follow(self, primary):
        """Makes a copy of another, which from now on acknowledges nothing that the copy has not written."""
        with open(primary.passfile) as file:
            self._write(self.passfile, file.read())
        self._program("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d",
                      f"host=127.0.0.1 port={primary.port} user=owner passfile={self.passfile} "
                      f"application_name={NAME_OF_STANDBY}")
        self.start()
        primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME_OF_STANDBY}'")
        primary.sql("SELECT pg_reload_conf()")
        wait_until(lambda: primary.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1", 60,
                   f"the standby does not follow (see {self.log})")

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "max_connections": 200,
            "shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_utility": "on",
            "max_wal_size": "2GB",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._program("pg_ctl", "-l", self.log, "-t", "120", "-w", "-o", options, "start")
        self.is_running = True

    def stop(self, mode="fast"):
        """`immediate` is as if the machine had lost its power, but for what the kernel still writes."""
        if self.is_running:
            self.is_running = False
            self._program("pg_ctl", "-m", mode, "-t", "120", "-w", "stop")

    def promote(self):
        self._program("pg_ctl", "-t", "120", "-w", "promote")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def sql(self, statement, database="postgres"):
        """The result of a statement as text without a heading; columns are separated by `|`."""
        return run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement,
                    f"host=127.0.0.1 port={self.port} user=owner dbname={database}"], "psql",
                   env={**os.environ, "PGPASSFILE": self.passfile}).strip()

    def create_database(self, name):
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")

    def copy_client(self, template, prefix, numbers, database):
        """Copies a client's rows, whatever columns they have; the IDs of the copies are the prefix and twelve digits."""
        name = f"'client {prefix} ' || numbers.n"
        text = f"'{prefix}' || lpad(numbers.n::text, 12, '0')"
        for table, key, changed in (("clients", "id", {"id": text, "name": name, "name_key": name}),
                                    ("client_secrets", "client_id", {"client_id": text})):
            columns = self.sql("SELECT string_agg(column_name, ',') FROM information_schema.columns "
                               f"WHERE table_schema = 'public' AND table_name = '{table}'", database).split(",")
            values = ", ".join(changed.get(column, f"{table}.{column}") for column in columns)
            self.sql(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
                     f"FROM generate_series({numbers.start}, {numbers.stop - 1}) AS numbers(n), {table} "
                     f"WHERE {key} = '{template}'", database)
        self.sql("ANALYZE", database)

    def _program(self, name, *arguments):
        command = [f"{programs()}/{name}", "-D", self.data, *map(str, arguments)]
        if os.getuid() == 0:
            command = ["runuser", "-u", USER, "--", *command]
        # In a file, because what pg_ctl starts keeps its output open.
        with open(f"{self.folder}/{name}.log", "w+") as output:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/")
            if result.returncode != 0:
                output.seek(0)
                raise Failure(f"{name}: {(output.read().strip().splitlines() or [f'exit code {result.returncode}'])[-1]}")

    def _write(self, path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if os.getuid() == 0:
            shutil.chown(path, USER)
