"""Load from wrk: requests for tokens of known clients, for as long as something is tried out."""

import json
import os
import signal

from processes import Failure, Process

SCRIPT = f"{os.path.dirname(os.path.abspath(__file__))}/load.lua"
LONGEST = 3600


class Load:
    """wrk in the background. What a slow machine delays is no failure: only half a minute without an answer is."""

    def __init__(self, cluster, port, connections=8, pause=5, clients=None, first=0, seconds=LONGEST):
        self.log = cluster.new_log("wrk")
        self.process = Process("wrk", ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", SCRIPT,
                                       f"http://127.0.0.1:{port}/", "--", cluster.secret, clients or cluster.known, pause,
                                       first], self.log)
        self.connections, self.seconds = connections, seconds

    def end(self):
        """Ends it, or waits for its end if it has one of its own; what came of it."""
        if self.seconds == LONGEST:
            self.process.signal(signal.SIGINT)
        self.process.process.wait(self.seconds + 120)
        self.process.kill()
        with open(self.log) as file:
            said = file.read()
        if "JSON " not in said:
            raise Failure(f"wrk: {(said.strip().splitlines() or ['said nothing'])[-1]}")
        result = json.loads(said.rsplit("JSON ", 1)[1])
        if not result["requests"]:
            raise Failure("wrk got no answer at all")
        return result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()


def unanswered(result):
    """How many requests did not get what they should."""
    return result["refused"] + result["failed"]
