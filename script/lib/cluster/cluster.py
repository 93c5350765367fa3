"""A database, nodes on it, and the command line on the same."""

import base64
import contextlib
import json
import os

from balancer import Balancer
from node import Node
from processes import Failure, run


CLIENT_PREFIX = "00000000-0000-4000-8000-"


def client_id(number):
    """The ID of a client that `fill` has made, as load.lua knows it."""
    return f"{CLIENT_PREFIX}{number:012d}"


class Cluster:
    """A database of its own in a server of PostgreSQL, with one API that may introspect and clients that share a secret.

    The secret is one because a million of them could not be made in a test; the nodes cannot know it."""

    def __init__(self, folder, binary, server, standby=None, name="tessera"):
        self.folder, self.binary, self.server, self.database = folder, binary, server, name
        os.makedirs(folder, mode=0o700)
        hosts = ",".join(each.address for each in (server, standby) if each)
        self.store = f"postgres://owner@{hosts}/{name}"
        self.issuer = "http://127.0.0.1:8080"
        _write(f"{folder}/passwords", open(server.passfile).read())
        _write(f"{folder}/master.key", base64.b64encode(os.urandom(32)).decode() + "\n")
        self.nodes, self.known, self.logs = [], 0, 0
        server.create_database(name)

    def register(self, binary=None):
        """Makes the tables, the API and the client that all others are copies of."""
        self.tessera("init", binary=binary)
        self.api = self._client("api", "--resource-server", binary=binary)
        self.template, self.secret = self._client("template", "--scope", "item", binary=binary)

    # --- The command line ------------------------------------------------------------------------------------------

    def environment(self, data, store, settings):
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("TESSERA_", "PG"))}
        return {**inherited, "PGPASSFILE": f"{self.folder}/passwords", "TESSERA_STORE": store, "TESSERA_DATA_DIR": data,
                "TESSERA_MASTER_KEY_FILE": f"{self.folder}/master.key", "TESSERA_ISSUER": self.issuer, "NO_COLOR": "1",
                # Refusals are what is tried out here, and many of them.
                "TESSERA_BRUTE_FORCE_FREE_FAILURES": "1000", **settings}

    def tessera(self, *arguments, binary=None):
        """What a command prints."""
        return run([binary or self.binary, *arguments], f"tessera {' '.join(arguments[:2])}",
                   env=self.environment(f"{self.folder}/administration", self.store, {}))

    def _client(self, name, *options, binary=None):
        told = self._create(name, *options, binary=binary)
        return told["client_id"], told["client_secret"]

    def _create(self, name, *options, binary=None):
        return json.loads(self.tessera("client", "create", "--format", "json", "--name", name, *options, binary=binary))

    def register_key(self, jwk):
        """The ID of a new client that has this key and no secret."""
        path = f"{self.folder}/client.jwk"
        _write(path, json.dumps(jwk))
        return self._create("keys", "--scope", "item", "--jwks", path)["client_id"]

    # --- The database ----------------------------------------------------------------------------------------------

    def sql(self, statement):
        return self.server.sql(statement, self.database)

    def fill(self, count):
        """Makes clients 0 to `count` - 1."""
        self.server.copy_client(self.template, CLIENT_PREFIX, range(self.known, count), self.database)
        self.known = count

    # --- Nodes -----------------------------------------------------------------------------------------------------

    def start(self, count=3, store=None, binary=None, **settings):
        """Starts so many nodes more; they are told."""
        for _ in range(count):
            self.nodes.append(Node(len(self.nodes), self, store or self.store, settings).start(binary))
        return self.nodes[-count:]

    def warm(self, *nodes, clients=None):
        """Lets nodes get to know the clients."""
        for node in nodes or self.nodes:
            with contextlib.closing(node.caller()) as caller:
                for number in range(clients or self.known):
                    status = caller.token(client_id(number), self.secret)
                    if status != 200:
                        raise Failure(f"{node.name} answers {status} where there is a token; see {node.log}")

    @contextlib.contextmanager
    def balancer(self):
        """HAProxy before the nodes, once it passes requests on."""
        balancer = Balancer(self.folder, [node.port for node in self.nodes])
        try:
            balancer.wait_until_ready()
            yield balancer
        finally:
            balancer.process.kill()

    def new_log(self, name):
        self.logs += 1
        return f"{self.folder}/{self.logs}-{name}.log"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            if node.process:
                node.process.kill()


def _write(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
