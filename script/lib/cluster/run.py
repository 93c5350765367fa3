"""Tries out several nodes on one PostgreSQL. Started by script/cluster-test, which builds and installs what this needs."""

import argparse
import os
import shutil
import signal
import sys
import tempfile

import rows
from processes import stop_all
from table import Table, say
from workbench import Skipped, Workbench


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


if __name__ == "__main__":
    main()
