"""What a token costs the database."""

import time

from counted import calls, since
from load import Load, unanswered
from processes import Failure

NAME = "statements"
EVENT = "Tokens are issued by three nodes as fast as they can; `pg_stat_statements` counts"
ASKED = "below 0.01 statements for each"
MOST = 0.01


def run(bench):
    seconds = 20 if bench.full else 3
    with bench.cluster() as cluster:
        cluster.start()
        cluster.warm()
        with cluster.balancer() as balancer:
            before = calls(cluster)
            time.sleep(seconds)
            idle = sum(since(cluster, before).values())
            before = calls(cluster)
            with Load(cluster, balancer.port, connections=64 if bench.full else 8, pause=0, seconds=seconds) as load:
                result = load.end()
            made = since(cluster, before)
        if unanswered(result):
            raise Failure(f"{unanswered(result)} requests failed; see {load.log}")
        each = sum(made.values()) / result["requests"]
        # Nodes ask what is new however few tokens they issue, and beside other work these can be very few.
        if (each if bench.full else each - 3 * idle / result["requests"]) >= MOST:
            raise Failure(f"{each:.4f} statements for each token, most of them: {max(made, key=made.get)}")
    return (f"{each:.4f}: {sum(made.values()):,} statements, {result['requests']:,} tokens in {seconds} s; idle nodes made "
            f"{idle:,} in as long")
