"""Plays through what nodes ask of their database, request by request, and compares it with the arithmetic.

Usage: simulation.py prints the table of docs/scaling.md; with --check nothing but the comparison, in a quarter of a minute.
Fails when the two differ by more than a twentieth. The figures are the same each time: the seed is fixed."""

import argparse
import heapq
import sys
from dataclasses import replace
from random import Random

from arithmetic import (Deployment, feed_statements, misses_after_start, misses_by_changes, seconds_of_cold_start,
                        statements_per_second, use_statements_an_hour)

SEED = 20261127
TOLERANCE = 0.05


def arrivals(rate, random):
    """Times of what comes at random, so many a second."""
    time = 0.0
    while rate:
        time += random.expovariate(rate)
        yield time
    yield float("inf")


def play_requests(deployment, seconds, random, known_at_start):
    """How many clients one node reads in so many seconds, and the longest that one waits for it.

    Whoever asks for a client that is being read waits with the first. One that was changed is forgotten."""
    known = bytearray([known_at_start]) * deployment.clients
    readers = [0.0] * deployment.readers
    changes = arrivals(deployment.changes_per_second, random)
    change, reads, longest = next(changes), 0, 0.0
    for now in arrivals(deployment.of_a_node, random):
        if now > seconds:
            return reads, longest
        while change < now:
            known[random.randrange(deployment.clients)] = 0
            change = next(changes)
        client = random.randrange(deployment.clients)
        if not known[client]:
            known[client] = 1
            ends = max(now, readers[0]) + deployment.statement_seconds
            heapq.heapreplace(readers, ends)
            reads, longest = reads + 1, max(longest, ends - now)


def play_feed(deployment, seconds, random):
    """How many statements one node makes in so many seconds to hear of changes."""
    changes = arrivals(deployment.changes_per_second, random)
    change, now, statements = next(changes), 0.0, 0
    while now < seconds:
        statements, is_news = statements + 1, change <= now
        now += deployment.statement_seconds
        if is_news:
            asked = now - deployment.statement_seconds
            while change <= asked:
                change = next(changes)
            statements, now = statements + 1, now + deployment.statement_seconds
        # Told of what came meanwhile, it looks at once.
        now = max(now, min(now + deployment.poll_seconds, change))
    return statements


def play_uses(deployment, hours, random):
    """How many statements an hour all nodes make to tell which clients were used: each node of each client once an hour,
    and when a minute is over of a thousand at once, or of fewer when a quarter of an hour is."""
    statements = 0
    for _ in range(deployment.nodes):
        noted, waiting, told, minute = {}, 0, 0, 60
        for now in arrivals(deployment.of_a_node, random):
            while minute < min(now, 3600 * hours):
                if waiting >= deployment.uses_at_once or minute - told >= 900:
                    statements, waiting, told = statements + -(-waiting // deployment.uses_at_once), 0, minute
                minute += 60
            if now > 3600 * hours:
                break
            client = random.randrange(deployment.clients)
            if now - noted.get(client, -3600) >= 3600:
                noted[client], waiting = now, waiting + 1
    return statements / hours


def comparisons():
    """(what, by the simulation, by arithmetic) at a thousandth of the size and less, where each request can be played."""
    random = Random(SEED)
    small = Deployment(clients=20_000, tokens_per_second=20_000, nodes=6)
    for seconds in (1, 5, 20):
        yield (f"clients read {seconds} s after a cold start", play_requests(small, seconds, random, known_at_start=0)[0],
               misses_after_start(small, seconds))
    changing = replace(small, changes_per_second=200)
    for name, deployment in (("a few", changing), ("most", replace(changing, changes_per_second=6000))):
        # Until as many are unknown as stay so.
        settled = play_requests(deployment, 30, Random(SEED), known_at_start=1)[0]
        yield (f"clients read a second where {name} change", (play_requests(deployment, 60, Random(SEED), 1)[0] - settled) / 30,
               misses_by_changes(deployment))
    for rate in (0, 1, 10, 100, 1000):
        deployment = replace(small, changes_per_second=rate)
        yield f"statements for the feed at {rate} changes a second", play_feed(deployment, 300, random) / 300, \
            feed_statements(deployment)
    seldom = Deployment(clients=20_000, tokens_per_second=20, nodes=3)
    yield "statements an hour for uses", play_uses(seldom, 20, random), use_statements_an_hour(seldom)


def table():
    """Rows of docs/scaling.md."""
    print("| clients | tokens a second | nodes | changes a second | statements a second, of all nodes | of each token |")
    print("| --- | --- | --- | --- | --- | --- |")
    for clients, tokens, nodes, changes in ((10_000, 1_000, 2, 0.1), (100_000, 10_000, 3, 1), (1_000_000, 100_000, 4, 10),
                                            (1_000_000, 1_000_000, 16, 10), (1_000_000, 1_000_000, 16, 100)):
        deployment = Deployment(clients, tokens, nodes, changes)
        made = statements_per_second(deployment)
        print(f"| {clients:,} | {tokens:,} | {nodes} | {changes:g} | {made:,.0f} | {made / tokens:.5f} |")
    large = Deployment(clients=1_000_000, tokens_per_second=1_000_000, nodes=16)
    reads, longest = play_requests(large, 270, Random(SEED), known_at_start=0)
    print(f"\nA node of the last that starts and knows no client reads {reads:,} of them within 270 s. It is busy with that for "
          f"{seconds_of_cold_start(large):.0f} s, and the longest that one waits is {longest:.1f} s.")


def main():
    parser = argparse.ArgumentParser(description="What nodes ask of their database.")
    parser.add_argument("--check", action="store_true", help="only compare the simulation with the arithmetic")
    options = parser.parse_args()
    worst = 0
    for what, played, computed in comparisons():
        difference = abs(played - computed) / computed
        worst = max(worst, difference)
        print(f"{what}: {played:,.2f} played, {computed:,.2f} computed ({difference:.1%} apart)")
    if worst > TOLERANCE:
        sys.exit(f"simulation: they are {worst:.0%} apart, which is more than {TOLERANCE:.0%}")
    if not options.check:
        print()
        table()


if __name__ == "__main__":
    main()
