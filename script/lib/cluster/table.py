"""The table of what came of each row, which docs/scaling.md shows."""

import os
import platform
import re
import subprocess
import time
import traceback

from processes import Failure, run
from workbench import Skipped

PAGE = os.path.realpath(f"{os.path.dirname(os.path.abspath(__file__))}/../../../docs/scaling.md")
MARKS = "<!-- What follows is written by script/cluster-test --full. -->", "<!-- The end of that. -->"
HEAD = ["| | what happens | what is asked | what came of it |", "| --- | --- | --- | --- |"]


def say(text):
    print(text, flush=True)


class Table:
    """What came of each row, as lines of Markdown and as numbers."""

    def __init__(self, bench):
        self.bench, self.lines = bench, []
        self.passed, self.failed, self.skipped = 0, 0, 0

    def fill(self, chosen):
        """Whether all that were tried out passed."""
        for row in chosen:
            self._try(row)
        say("\n".join(["", *HEAD, *self.lines, ""]))
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        say(f"{self.passed} passed, {self.failed} failed{skipped}")
        return self.failed == 0

    def write_page(self):
        """Puts the table into docs/scaling.md, between its two marks."""
        with open(PAGE) as file:
            before, rest = file.read().split(f"{MARKS[0]}\n")
        after = rest.split(MARKS[1])[1]
        version = run([self.bench.binary, "--version"], "tessera --version").strip()
        with open("/proc/cpuinfo") as file:
            processor = re.search(r"model name\s*: (.*)", file.read())
        said = f"{time.strftime('%Y-%m-%d')}, {processor[1] if processor else platform.machine()}, {os.cpu_count()} cores, {version}:"
        with open(PAGE, "w") as file:
            file.write("\n".join([before + MARKS[0], said, "", *HEAD, *self.lines, ""]) + MARKS[1] + after)
        say("written to docs/scaling.md")

    def _try(self, row):
        say(f"==> {row.NAME}: {row.EVENT}")
        began = time.monotonic()
        try:
            measured, outcome = row.run(self.bench), "passed"
            self.passed += 1
        except Skipped as reason:
            measured, outcome = f"skipped: {reason}", "skipped"
            self.skipped += 1
        except (Failure, OSError, subprocess.SubprocessError) as reason:
            measured, outcome = f"**failed**: {reason}", "FAILED"
            self.failed += 1
        except Exception:
            traceback.print_exc()
            measured, outcome = "**failed**: this script has a mistake, see above", "FAILED"
            self.failed += 1
        say(f"    {outcome} in {time.monotonic() - began:.0f} s: {measured.removeprefix('**failed**: ')}")
        self.lines.append(f"| `{row.NAME}` | {row.EVENT} | {row.ASKED} | {measured} |")
