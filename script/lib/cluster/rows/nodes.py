"""What a token costs with one, two and three nodes."""

from statistics import median

from load import Load, unanswered
from processes import Failure

NAME = "nodes"
EVENT = "One, two and three nodes, each under the same load"
ASKED = "a token costs the same processor time, within a tenth"
TOLERANCE = 0.1
ONLY_MEASURES = True
ROUNDS = 5


def run(bench):
    with bench.cluster() as cluster:
        cluster.start()
        cluster.warm()
        costs = {1: [], 2: [], 3: []}
        for _ in range(ROUNDS if bench.full else 1):
            for count, measured in costs.items():
                measured.append(_cost(cluster, cluster.nodes[:count], seconds=6 if bench.full else 2))
    costs = {count: median(measured) for count, measured in costs.items()}
    ratios = [cost / costs[1] for cost in costs.values()]
    if bench.full and max(abs(ratio - 1) for ratio in ratios) > TOLERANCE:
        raise Failure(f"a token costs {costs} µs of processor time with 1, 2 and 3 nodes")
    return ", ".join(f"{count}: {cost:.1f} µs" for count, cost in costs.items()) + f" ({ratios[1]:.2f} and {ratios[2]:.2f} of one)"


def _cost(cluster, nodes, seconds):
    """Microseconds of processor time for a token, over all of these nodes."""
    before = sum(node.process.cpu_seconds() for node in nodes)
    loads = [Load(cluster, node.port, connections=8, pause=4, seconds=seconds) for node in nodes]
    results = [load.end() for load in loads]
    failed = sum(map(unanswered, results))
    if failed:
        raise Failure(f"{failed} requests failed; the logs of the nodes are in {cluster.folder}")
    spent = sum(node.process.cpu_seconds() for node in nodes) - before
    return spent / sum(result["requests"] for result in results) * 1e6
