"""Nodes of the version before are replaced by this one under load, and back."""

from rows import rolling_restart
from workbench import Skipped

NAME = "two-versions"
EVENT = "Nodes of the version before and of this one stand side by side, while one is replaced by the other"
ASKED = "no request fails, and what either version changes counts on all"


def run(bench):
    if isinstance(bench.before, Skipped):
        raise bench.before
    with bench.cluster(registered_by=bench.before) as cluster:
        # The way back takes the short run too long.
        steps = [bench.binary, bench.before] if bench.full else [bench.binary]
        return rolling_restart.restarted(bench, cluster, steps, [bench.before, bench.binary])
