"""The primary is lost and the standby takes its place."""

import contextlib
import re
import threading
import time

from claims import Claims
from cluster import client_id
from load import Load, unanswered
from processes import Failure, wait_until
from workbench import Watch

NAME = "failover"
EVENT = "The primary is stopped at once under load, and the synchronous standby promoted"
ASKED = ("requests of known clients go on without an error, writes are back within 10 s of the promotion, and nothing that "
         "was acknowledged is lost")
WRITING_AGAIN = 10


def run(bench):
    primary, standby = bench.new_pair()
    with bench.cluster(pair=(primary, standby)) as cluster:
        cluster.start()
        cluster.warm()
        over = f"{cluster.folder}/over"
        claims = Claims(bench, cluster, "failover", UNTIL=over) if bench.tests else None
        with cluster.balancer() as balancer, Load(cluster, balancer.port) as load, \
                _Revoking(cluster) as revoking, _Registering(cluster) as registering:
            time.sleep(5 if bench.full else 2)
            primary.stop("immediate")
            stopped = Watch()
            time.sleep(5 if bench.full else 2)
            standby.promote()
            promoted = Watch()
            cluster.server = standby
            for node in cluster.nodes:
                _wait_until_written(cluster, node, bench.limit(WRITING_AGAIN, 120))
            back = promoted.seconds
            time.sleep(2 if bench.full else 1)
            result = load.end()
        if unanswered(result):
            raise Failure(f"{unanswered(result)} requests failed; see {balancer.process.log}")
        open(over, "w").close()
        claimed = claims.end(600) if claims else ""
        # One that knows nothing but what is stored.
        fresh, = cluster.start(1)
        for node in (*cluster.nodes[:3], fresh):
            _check_revoked(cluster, node, revoking.acknowledged)
        registered = set(cluster.sql("SELECT name FROM clients").splitlines())
        if not revoking.acknowledged or not registering.acknowledged:
            raise Failure(f"nothing was written; the logs are in {cluster.folder}")
        lost = [name for name in registering.acknowledged if name not in registered]
        if lost:
            raise Failure(f"{len(lost)} acknowledged clients are lost, {lost[0]} among them; see {standby.log}")
    claimed = re.search(r"([0-9]+) claims were acknowledged", claimed)
    return (f"{result['requests']:,} requests, none failed; writes are back {back:.1f} s after the promotion, which was "
            f"{stopped.seconds - promoted.seconds:.0f} s after the stop; {len(revoking.acknowledged):,} revocations, "
            f"{len(registering.acknowledged)} new clients and {claimed[1] if claimed else 'no'} claims were acknowledged, and "
            "all are there")


def _wait_until_written(cluster, node, seconds):
    def is_written():
        with contextlib.closing(node.caller()) as caller:
            return (caller.token(client_id(0), cluster.secret) == 200
                    and caller.revoke(caller.body["access_token"], (client_id(0), cluster.secret)) == 200)
    wait_until(is_written, seconds, f"{node.name} does not write again (see {node.log})", every=0.05)


def _check_revoked(cluster, node, tokens):
    with contextlib.closing(node.caller()) as caller:
        for token in tokens:
            wait_until(lambda: caller.introspect(token, cluster.api) == 200, 60, f"{node.name} does not introspect")
            if caller.body["active"]:
                raise Failure(f"a token whose revocation was acknowledged is active on {node.name}; see {node.log}")


class _Writer:
    """Writes all the time, and remembers what was acknowledged."""

    def __init__(self, cluster):
        self.cluster, self.acknowledged, self.is_over = cluster, [], threading.Event()

    def __enter__(self):
        self.threads = [threading.Thread(target=self.write, args=each) for each in enumerate(self.cluster.nodes)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


class _Revoking(_Writer):
    """Revokes tokens on every node."""

    def write(self, number, node):
        with contextlib.closing(node.caller()) as caller:
            credentials = (client_id(number), self.cluster.secret)
            while not self.is_over.wait(0.01):
                if caller.token(*credentials) != 200:
                    continue
                token = caller.body["access_token"]
                if caller.revoke(token, credentials) == 200:
                    self.acknowledged.append(token)


class _Registering(_Writer):
    """Registers clients by the command line."""

    def write(self, number, _):
        count = 0
        while number == 0 and not self.is_over.wait(0.05):
            count += 1
            # While there is no database it fails, and says so.
            with contextlib.suppress(Failure):
                self.cluster.tessera("client", "create", "--name", f"registered {count}", "--scope", "item")
                self.acknowledged.append(f"registered {count}")
