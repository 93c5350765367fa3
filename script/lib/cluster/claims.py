"""The tests of single-use claims, run in a database of this cluster."""

import os
import re
import time

from processes import Failure, Process


class Claims:
    """One test in the background; it opens stores of its own, as nodes do."""

    def __init__(self, bench, cluster, test, **settings):
        self.log = cluster.new_log("claims")
        variables = {f"TESSERA_CLAIM_{name}": value for name, value in {"STORE": cluster.store, **settings}.items()}
        begun = f"{self.log}.begun"
        if "UNTIL" in settings:
            variables["TESSERA_CLAIM_BEGUN"] = begun
        self.process = Process("the tests of claims", [bench.tests, "--testing-library", "swift-testing", "--filter",
                                                       f"TesseraPostgresTests.ClaimTests/{test}"], self.log,
                               {**os.environ, "PGPASSFILE": f"{cluster.folder}/passwords", **variables})
        # What is to happen while claims are made must not happen before: on a busy machine the test takes long to start.
        while "UNTIL" in settings and not os.path.exists(begun) and self.process.process.poll() is None:
            time.sleep(0.05)

    def end(self, seconds):
        """What it said, once it has passed."""
        code = self.process.process.wait(seconds)
        self.process.kill()
        with open(self.log) as file:
            said = file.read()
        if code != 0 or not re.search(r"Test run with 1 test .*passed", said):
            raise Failure(f"claims: {_problem(said)}; see {self.log}")
        return said


def _problem(said):
    problems = [line for line in said.splitlines() if "recorded an issue" in line or "rror:" in line]
    return problems[0] if problems else "the test did not pass"
