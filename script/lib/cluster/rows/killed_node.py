"""A node is killed under load and started again."""

import time

from load import Load, unanswered
from processes import Failure
from workbench import Watch

NAME = "killed-node"
EVENT = "A node is killed (`kill -9`) under load and started again"
ASKED = "no request fails but those that were in flight on it"


def run(bench):
    times, restarts = 10 if bench.full else 2, []
    with bench.cluster() as cluster:
        cluster.start()
        cluster.warm()
        with cluster.balancer() as balancer, Load(cluster, balancer.port, connections=16, pause=0 if bench.full else 5) as load:
            for round in range(times):
                node = cluster.nodes[round % 3]
                time.sleep(1)
                node.kill()
                killed = time.time()
                time.sleep(1)
                for began, server, status, ending in balancer.failed_requests():
                    # HAProxy had sent these before it could know.
                    if server != f"node{node.number}" or began > killed:
                        raise Failure(f"a request to {server} {began - killed:+.3f} s from the end of {node.name} was "
                                      f"answered {status} ({ending}); see {balancer.process.log}")
                watch = Watch()
                node.start()
                restarts.append(watch.seconds)
            result = load.end()
            failed = balancer.failed_requests()
        if unanswered(result) > len(failed):
            raise Failure(f"{unanswered(result)} requests failed, and HAProxy knows of {len(failed)}; "
                          f"see {balancer.process.log}")
    lost = f"{len(failed)} failed, all of them in flight on it" if failed else "none failed: HAProxy sent them to another"
    return f"{times} times, {result['requests']:,} requests: {lost}; it answers {max(restarts):.1f} s after its start"
