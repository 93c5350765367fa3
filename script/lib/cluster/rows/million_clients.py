"""Very many clients."""

import contextlib
import time

from cluster import client_id
from counted import calls, since
from load import Load, unanswered
from processes import Failure
from workbench import Watch

NAME = "million-clients"
EVENT = "A database of 1,000,000 clients"
ASKED = "a node starts in under 5 s, a client that is not in memory costs one round trip, memory is bounded"
START = 5
# How much more memory may be in use after four times the clients that are kept, than after the first of them.
GROWTH = 1.25
# Of a node that reads nobody ahead.
COLD = {"TESSERA_DIRECTORY_WARM_CLIENTS": "0"}


def run(bench):
    clients, kept, misses = (1_000_000, 50_000, 1_000) if bench.full else (20_000, 1_000, 100)
    server = bench.new_server()
    with bench.cluster(pair=(server, None), clients=0) as cluster:
        watch = Watch()
        cluster.fill(clients)
        bench.say(f"    {clients:,} clients were made in {watch.seconds:.0f} s")
        # As if all had been used: a node reads ahead those that were used last.
        cluster.sql("INSERT INTO client_uses (client_id, last_used_at) "
                    "SELECT id, extract(epoch FROM now()) * 1000 FROM clients")
        started = Watch()
        node, = cluster.start(1)
        with contextlib.closing(node.caller()) as caller:
            if caller.token(client_id(0), cluster.secret) != 200:
                raise Failure(f"{node.name} gives no token; see {node.log}")
        ready, resident = started.seconds, node.process.resident_bytes()
        if ready >= bench.limit(START, 120):
            raise Failure(f"{node.name} took {ready:.1f} s to its first token; see {node.log}")
        statements = _statements_of_misses(cluster, misses)
        node.process.stop()
        sizes, rate = _memory(cluster, kept)
        if max(sizes) > (GROWTH if bench.full else 2) * sizes[0]:
            raise Failure(f"a node that keeps {kept:,} clients grew from {sizes[0] >> 20} to {max(sizes) >> 20} MiB")
    return (f"{clients:,} clients: first token {ready:.1f} s after the start, with {resident >> 20} MiB; {misses:,} that were not "
            f"in memory: {statements / misses:.2f} statements each, {rate:,.0f} a second; with {kept:,} kept: {sizes[0] >> 20} MiB "
            f"after {kept:,} clients, {sizes[-1] >> 20} MiB after {len(sizes) * kept:,}")


def _statements_of_misses(cluster, misses):
    """How many statements the first requests of so many clients take, whatever else a node asks now and then: what is asked
    once for twenty of them, or less often, is not asked for a client but when a connection begins, for example."""
    node, = cluster.start(1, **COLD)
    before = calls(cluster)
    time.sleep(2)
    usual = since(cluster, before)
    before = calls(cluster)
    with contextlib.closing(node.caller()) as caller:
        for number in range(misses):
            if caller.token(client_id(1 + number), cluster.secret) != 200:
                raise Failure(f"{node.name} gives no token; see {node.log}")
    made = {query: count for query, count in since(cluster, before).items() if query not in usual and count > misses / 20}
    node.process.stop()
    if not misses <= sum(made.values()) <= 1.05 * misses:
        raise Failure(f"{misses} clients that were not in memory took {made}")
    return sum(made.values())


def _memory(cluster, kept):
    """Resident bytes of a node that keeps so many clients, after requests of as many, and of as many others again; and how
    many clients it has read a second."""
    node, = cluster.start(1, TESSERA_DIRECTORY_MAX_CLIENTS=str(kept), **COLD)
    sizes, read, seconds = [], 0, 0
    for first in range(0, 4 * kept, kept):
        asked = 0
        while asked < kept:
            with Load(cluster, node.port, connections=16, pause=0, clients=kept - asked, first=first + asked, seconds=2) as load:
                result = load.end()
            if unanswered(result):
                raise Failure(f"{unanswered(result)} requests failed; see {node.log}")
            asked, seconds = asked + result["requests"], seconds + result["seconds"]
        sizes.append(node.process.resident_bytes())
        read += kept
    node.process.stop()
    return sizes, read / seconds
