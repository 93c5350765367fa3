"""The network between a node and the database is cut without a word."""

import contextlib

from cluster import client_id
from cut import Network
from load import Load, unanswered
from processes import Failure, wait_until
from workbench import Watch

NAME = "network-cut"
EVENT = "The network between a node and the database is cut without a FIN, under load"
ASKED = "noticed within 5 s, no thread is stuck, it recovers by itself; no request of a known client fails"
# What Tessera waits for an answer of the database.
TIMEOUT = 5
# A connection that only listens is asked every half minute, and has its timeout then.
LISTENER = 30 + TIMEOUT
TURN = 5


def run(bench):
    rounds = 3 if bench.full else 1
    noticed, refused, recovered = [], [], []
    with bench.cluster(clients=20 + 30 * rounds) as cluster:
        network = Network(cluster.server.port)
        others = cluster.start(2)
        node, = cluster.start(1, store=f"postgres://owner@127.0.0.1:{network.port}/{cluster.database}")
        cluster.warm(clients=10)
        cluster.warm(*others)
        with cluster.balancer() as balancer, Load(cluster, balancer.port, clients=10) as load:
            for number in range(rounds):
                first = 20 + 30 * number
                _use_all(cluster, node, first, status=200)
                threads, pairs, said = node.process.threads(), list(network.pairs), node.process.said_so_far()
                network.cut()
                watch = Watch()
                wait_until(lambda: node.process.said("the store does not answer", since=said),
                           bench.limit(TIMEOUT + 1), f"{node.name} does not notice (see {node.log})")
                noticed.append(watch.seconds)
                watch = Watch()
                _use_all(cluster, node, first + 10, status=503)
                refused.append(watch.seconds)
                if watch.seconds > bench.limit(TURN + 2 * TIMEOUT + 1, 120):
                    raise Failure(f"{node.name} answered after {watch.seconds:.0f} s without the database; see {node.log}")
                # The connection that asked what is new, and the one that listens, which takes its time: the short run does
                # not wait for that. Others wait for nothing while nobody uses them.
                wait_until(lambda: network.given_up(pairs) >= (2 if bench.full else 1), LISTENER + 60,
                           f"{node.name} waits on connections that were cut (see {node.log})", every=0.2)
                if node.process.threads() > threads + 8:
                    raise Failure(f"{node.name} has {node.process.threads()} threads, {threads} before; see {node.log}")
                cluster.tessera("client", "disable", client_id(first), "--yes")
                network.mend()
                watch = Watch()
                caller = node.caller()
                wait_until(lambda: caller.token(client_id(first), cluster.secret) in (400, 401), bench.limit(10, 120),
                           f"{node.name} does not catch up (see {node.log})")
                recovered.append(watch.seconds)
                _use_all(cluster, node, first + 20, status=200)
            result = load.end()
        if unanswered(result):
            raise Failure(f"{unanswered(result)} requests of known clients failed; see {balancer.process.log}")
    return (f"{rounds} times: noticed after {max(noticed):.1f} s, what needed it got 503 within {max(refused):.1f} s, caught up "
            f"{max(recovered):.1f} s after the network was back; {result['requests']:,} requests of known clients, none failed")


def _use_all(cluster, node, first, status):
    """Uses every connection of a node, by more reads at once than there are, and a write; all have to end so."""
    callers = [node.caller(timeout=120) for _ in range(8)]
    for number, caller in enumerate(callers):
        caller.send_form("/oauth2/token", {"grant_type": "client_credentials", "scope": "item",
                                           "client_id": client_id(first + number), "client_secret": cluster.secret})
    read = [caller.receive() for caller in callers]
    with contextlib.closing(node.caller(timeout=120)) as caller:
        credentials = (client_id(0), cluster.secret)
        written = caller.token(*credentials) == 200 and caller.revoke(caller.body["access_token"], credentials)
    for caller in callers:
        caller.close()
    if {*read, written} != {status}:
        raise Failure(f"{node.name} answers {read} to clients that it does not know and {written} to a revocation, not "
                      f"{status}; see {node.log}")
