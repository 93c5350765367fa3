"""One claim that many want."""

from claims import Claims
from workbench import Watch

NAME = "claim-race"
EVENT = "One claim (of what can be used once) is raced for by 200 callers on three nodes, again and again"
ASKED = "exactly one wins each time"


def run(bench):
    rounds = 10_000 if bench.full else 200
    bench.require_tests()
    with bench.cluster(clients=0) as cluster:
        watch = Watch()
        Claims(bench, cluster, "race", ROUNDS=str(rounds)).end(1200)
        return f"{rounds:,} times, {200 * rounds / watch.seconds:,.0f} claims a second: exactly one has won each time"
