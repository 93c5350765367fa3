"""What rows need: servers of PostgreSQL, started when one is asked for first, and a cluster for each row."""

import time

from cluster import Cluster
from postgres import Postgres


class Skipped(Exception):
    """Why a row cannot be tried out here."""


class Workbench:
    def __init__(self, folder, binary, tests, full, before, say):
        self.folder, self.binary, self.full = folder, binary, full
        self.before, self.tests, self.say = before, tests, say
        self.servers, self.pair = [], None
        self.clusters = 0

    def new_pair(self):
        """A primary and a synchronous standby."""
        primary = self.new_server()
        standby = self._new("standby")
        standby.follow(primary)
        return primary, standby

    def new_server(self):
        primary = self._new("primary")
        primary.initialise()
        return primary

    def _new(self, role):
        server = Postgres(f"{self.folder}/{role}{len(self.servers)}")
        self.servers.append(server)
        return server

    def cluster(self, pair=None, clients=20, registered_by=None):
        """A cluster on a database of its own, in the servers that rows share unless they break them."""
        if pair is None:
            self.pair = pair = self.pair or self.new_pair()
        self.clusters += 1
        primary, standby = pair
        cluster = Cluster(f"{self.folder}/cluster{self.clusters}", self.binary, primary, standby,
                          name=f"tessera{self.clusters}")
        cluster.register(binary=registered_by)
        if clients:
            cluster.fill(clients)
        return cluster

    def require_tests(self):
        if not self.tests:
            raise Skipped("the tests are not built: script/test does that")

    def limit(self, seconds, generous=60):
        """What is asked for by `--full`; the short run has to pass beside other work, and looks at what happens more
        than at when."""
        return seconds if self.full else generous

    def stop(self):
        # A standby that is stopped last has nothing to wait for.
        for server in reversed(self.servers):
            server.stop("immediate")


class Watch:
    """Seconds since it was made."""

    def __init__(self):
        self.began = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self.began
