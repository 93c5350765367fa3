"""What the database does."""

import contextlib
import threading
import time

from cluster import client_id
from counted import calls, since
from processes import Failure
from workbench import Watch

NAME = "database"
EVENT = "Tokens are revoked on three nodes as fast as they can, with a synchronous standby; then nothing happens"
ASKED = "all are written (measured)"
ONLY_MEASURES = True
CALLERS_OF_EACH = 16


def run(bench):
    seconds = 10 if bench.full else 2
    with bench.cluster(clients=3 * CALLERS_OF_EACH) as cluster:
        cluster.start()
        cluster.warm()
        before = calls(cluster)
        callers = [Revoking(cluster, node, client_id(CALLERS_OF_EACH * node.number + number), seconds)
                   for node in cluster.nodes for number in range(CALLERS_OF_EACH)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        revoked = sum(caller.revoked for caller in callers)
        made = since(cluster, before)
        commits = sum(count for query, count in made.items() if query.startswith("COMMIT"))
        stored = int(cluster.sql("SELECT count(*) FROM revocations"))
        if stored != revoked or not commits:
            raise Failure(f"{revoked} revocations were acknowledged and {stored} stored; the logs are in {cluster.folder}")
        before = calls(cluster)
        time.sleep(seconds)
        idle = sum(since(cluster, before).values()) / seconds / len(cluster.nodes)
    return (f"{revoked / seconds:,.0f} revocations a second, {revoked / commits:.1f} to a commit, "
            f"{sum(made.values()) / revoked:.1f} statements each; an idle node asks {idle:.1f} times a second")


class Revoking(threading.Thread):
    """A client that revokes tokens at a node, one after another."""

    def __init__(self, cluster, node, client, seconds):
        super().__init__()
        self.node, self.credentials, self.seconds, self.revoked = node, (client, cluster.secret), seconds, 0

    def run(self):
        watch = Watch()
        with contextlib.closing(self.node.caller()) as caller:
            while watch.seconds < self.seconds:
                if caller.token(*self.credentials) == 200:
                    self.revoked += caller.revoke(caller.body["access_token"], self.credentials) == 200
