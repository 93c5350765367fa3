"""A node far from its database."""

import contextlib
import time
from statistics import median

from cluster import client_id
from cut import Network
from processes import Failure
from rows.database import Revoking

NAME = "far-node"
EVENT = "A node is 40 ms from the database, there and back 80 ms; another is beside it"
ASKED = "what costs how many round trips (measured)"
ONLY_MEASURES = True
ONE_WAY = 0.04
TIMES = 25
CALLERS, SECONDS = 32, 10


def run(bench):
    with bench.cluster(clients=2 * TIMES + CALLERS) as cluster:
        near, = cluster.start(1)
        network = Network(cluster.server.port, ONE_WAY)
        far, = cluster.start(1, store=f"postgres://owner@127.0.0.1:{network.port}/{cluster.database}")
        with contextlib.closing(near.caller()) as here, contextlib.closing(far.caller()) as there:
            # Connections are made at their first use.
            _milliseconds(lambda: there.token(client_id(0), cluster.secret))
            _revoke(cluster, here, there, client_id(0))
            misses = [_milliseconds(lambda: there.token(client_id(1 + number), cluster.secret)) for number in range(TIMES)]
            known = [_milliseconds(lambda: there.token(client_id(1 + number), cluster.secret)) for number in range(TIMES)]
            written = [_revoke(cluster, here, there, client_id(1)) for _ in range(TIMES)]
            heard = [_heard(cluster, here, there, client_id(1)) for _ in range(TIMES)]
        rates = {}
        for name, node in (("near", near), ("far", far)):
            callers = [Revoking(cluster, node, client_id(2 * TIMES + number), SECONDS) for number in range(CALLERS)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            rates[name] = sum(caller.revoked for caller in callers) / SECONDS
    if not rates["far"]:
        raise Failure(f"of {CALLERS} that revoke at once at the far node none gets through; see {far.log}")
    return (f"a token {median(known):.1f} ms; one of a client that is not in memory {median(misses):.0f} ms; a revocation there "
            f"{median(written):.0f} ms; a revocation elsewhere counts after {median(heard):.0f} ms, longest {max(heard):.0f} ms; "
            f"{rates['far']:,.0f} revocations a second there, {rates['near']:,.0f} at the other")


def _milliseconds(body):
    began = time.monotonic()
    status = body()
    if status != 200:
        raise Failure(f"a node answered {status}")
    return (time.monotonic() - began) * 1000


def _token(cluster, caller, client):
    if caller.token(client, cluster.secret) != 200:
        raise Failure("a node gives no token")
    return caller.body["access_token"]


def _revoke(cluster, here, there, client):
    token = _token(cluster, here, client)
    return _milliseconds(lambda: there.revoke(token, (client, cluster.secret)))


def _heard(cluster, here, there, client):
    """How long after the answer a revocation counts at the far node."""
    token = _token(cluster, here, client)
    if here.revoke(token, (client, cluster.secret)) != 200:
        raise Failure("a node does not revoke")
    began = time.monotonic()
    while True:
        if there.introspect(token, cluster.api) == 200 and not there.body["active"]:
            return (time.monotonic() - began) * 1000
        time.sleep(0.002)
