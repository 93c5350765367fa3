"""A node: one `tessera serve`, at the same port however often it is started."""

import signal

from caller import Caller
from processes import Failure, Process, free_port, run, wait_until


class Node:
    def __init__(self, number, cluster, store, settings):
        self.name, self.number, self.cluster = f"node {number}", number, cluster
        self.port = free_port()
        self.log = f"{cluster.folder}/node{number}.log"
        self.environment = cluster.environment(f"{cluster.folder}/node{number}", store,
                                               {"TESSERA_HTTP_PORT": str(self.port), **settings})
        self.process = None

    def start(self, binary=None, waits=True):
        binary = binary or self.cluster.binary
        run([binary, "init"], "tessera init", env=self.environment)
        # All nodes are on this machine; a version before this one knows no such listener.
        knows = "management.port" in run([binary, "config", "reference"], "tessera config reference", env=self.environment)
        environment = {**self.environment, **({"TESSERA_MANAGEMENT_PORT": "0"} if knows else {})}
        self.process = Process(self.name, [binary, "serve"], self.log, environment)
        if waits:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds=120):
        """Until it has an answer."""
        def is_ready():
            if not self.process.is_running:
                raise Failure(f"{self.name} ended; see {self.log}")
            caller = Caller(self.port, timeout=5)
            status = caller.get("/.well-known/jwks.json")
            caller.close()
            return status == 200
        wait_until(is_ready, seconds, f"{self.name} does not answer (see {self.log})")

    def restart(self, binary=None):
        """As an operator does: the node finishes what it has begun, and another takes its place."""
        code = self.process.stop()
        if code != 0:
            raise Failure(f"{self.name} ended with {code}; see {self.log}")
        self.start(binary)

    def kill(self):
        self.process.kill()

    def pause(self):
        self.process.signal(signal.SIGSTOP)

    def resume(self):
        self.process.signal(signal.SIGCONT)

    def caller(self, timeout=60):
        return Caller(self.port, timeout)
