"""Nodes are replaced one by one under load."""

import time

from cluster import client_id
from load import Load, unanswered
from processes import Failure, wait_until

NAME = "rolling-restart"
EVENT = "Each node is stopped and started again under load, one after another"
ASKED = "no request fails"


def run(bench):
    times = 5 if bench.full else 1
    with bench.cluster() as cluster:
        return restarted(bench, cluster, [bench.binary] * times, [bench.binary])


def restarted(bench, cluster, next_binaries, changing):
    """Starts nodes of the first of `changing`, and replaces all by each of the next ones, one after another and under
    load. Between two, changes are made by each version of `changing`, and count on all nodes."""
    cluster.start(binary=changing[0])
    cluster.warm()
    changed = client_id(cluster.known - 1)
    with cluster.balancer() as balancer, \
            Load(cluster, balancer.port, connections=16, pause=0 if bench.full else 5, clients=cluster.known - 1) as load:
        for binary in next_binaries:
            for node in cluster.nodes:
                time.sleep(1)
                node.restart(binary)
                for changer in changing:
                    _change(cluster, changer, changed)
        time.sleep(1)
        result = load.end()
        failed = balancer.failed_requests()
    if unanswered(result) or failed:
        raise Failure(f"{unanswered(result)} requests failed, the first by {failed[:1]}; see {balancer.process.log}")
    return (f"{len(next_binaries) * len(cluster.nodes)} restarts, {result['requests']:,} requests, none failed; the longest "
            f"took {result['longest_ms']:,.0f} ms")


def _change(cluster, binary, client):
    callers = [node.caller() for node in cluster.nodes]
    for change, statuses in (("disable", {400, 401}), ("enable", {200})):
        cluster.tessera("client", change, client, *(["--yes"] if change == "disable" else []), binary=binary)
        for node, caller in zip(cluster.nodes, callers):
            wait_until(lambda: caller.token(client, cluster.secret) in statuses, 60,
                       f"{node.name} does not notice that a client was {change}d by {binary} (see {node.log})")
