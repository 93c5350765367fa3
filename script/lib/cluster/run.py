"""Tries out several nodes on one PostgreSQL. Started by script/cluster-test, which builds and installs what this needs."""

import argparse
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import rows
from processes import Failure, run, stop_all
from workbench import Skipped, Workbench


PAGE = os.path.realpath(f"{os.path.dirname(os.path.abspath(__file__))}/../../../docs/scaling.md")
MARKS = "<!-- What follows is written by script/cluster-test --full. -->", "<!-- The end of that. -->"
HEAD = ["| | what happens | what is asked | what came of it |", "| --- | --- | --- | --- |"]


def main():
    names = [row.NAME for row in rows.ALL]
    parser = argparse.ArgumentParser(prog="script/cluster-test", description="Tries out nodes on one PostgreSQL.")
    parser.add_argument("tessera", nargs="?", help="the binary to test; without it one is built: with --full the release")
    parser.add_argument("--full", action="store_true", help="check the figures too, on a machine that does nothing else")
    parser.add_argument("--row", action="append", metavar="NAME", choices=names,
                        help=f"only this, may be repeated: {', '.join(names)}")
    parser.add_argument("--before", metavar="BINARY", help="the version before; without it --full builds the newest tag")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases, also if everything passed")
    parser.add_argument("--skip-before", metavar="REASON", help=argparse.SUPPRESS)
    parser.add_argument("--tests", metavar="BINARY", help=argparse.SUPPRESS)
    parser.add_argument("--run", metavar="BINARY", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.run:
        # script/cluster-test wanted to know whether the arguments are good.
        print(options.tessera or "", options.before or "", sep="\n")
        return
    # So that nothing is left running when somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    before = Skipped(options.skip_before) if options.skip_before else options.before
    folder = tempfile.mkdtemp(prefix="tessera-cluster-")
    # The servers of PostgreSQL belong to another user, who has to get at their folders.
    os.chmod(folder, 0o711)
    bench = Workbench(folder, options.run, options.tests, options.full, before, say)
    failed = True
    try:
        table = Table(bench)
        failed = not table.fill([row for row in rows.ALL if is_wanted(row, options)])
        if options.full and not options.row and not failed:
            table.write_page()
    finally:
        stop_all()
        bench.stop()
        if failed or options.keep:
            say(f"    what was said is in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


def is_wanted(row, options):
    """What only measures is of no use in a short run."""
    return row.NAME in options.row if options.row else options.full or not getattr(row, "ONLY_MEASURES", False)


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


if __name__ == "__main__":
    main()
