"""What SQLite itself takes to keep identifiers that count once: prints the µs of CPU for one.

Usage: claims.py FOLDER TOGETHER

One insert of 32 bytes, unless they are there, into a table of Tessera's kind for each, and a commit for TOGETHER of them,
on the disk like Tessera's (WAL, synchronous = FULL). In a second, after half of one."""

import os
import sqlite3
import sys
import time

WARM_UP, SECONDS = 0.5, 1
EXPIRES_AT = 2_000_000_000_000


def main():
    path, together = f"{sys.argv[1]}/claims.sqlite", int(sys.argv[2])
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS claims "
                     "(digest BLOB NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID")
    start, used, made = time.monotonic(), 0, 0
    while (elapsed := time.monotonic() - start) < WARM_UP + SECONDS:
        claims = [(os.urandom(32), EXPIRES_AT) for _ in range(together)]
        before = time.process_time()
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO claims VALUES (?, ?) ON CONFLICT DO NOTHING", claims)
        database.execute("COMMIT")
        if elapsed > WARM_UP:
            used += time.process_time() - before
            made += together
    print(used / made * 1e6)


main()
