"""Runs the benchmark. Started by script/bench, which builds and installs what this needs."""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from statistics import median

import report
from cases import Skipped, Workbench, timing_requests
from load import CONNECTIONS, HERE, WARM_UP, exchange, measure, on_load_core, post, token_form, wrk
from peers import PEERS, Peer
from servers import LOAD_CORE, SERVER_CORE, Failure, Floor, Tessera, stop_all
from stores import Store, client_id

CASES = ["token", "before", "tls", "tls-new", "tls-resumed", "http2", "assertion-es256", "assertion-rs256", "dpop", "mtls",
         "mtls-new", "postgres", "rfc-token", "quiet", "jwt", "introspection", "verify", "jwks", "token-10k", "denied",
         "token-1m"]
# Claims of a few percent, less than a machine drifts from one round to the next.
PAIRS = [("token", "rfc-token"), ("token", "postgres"), ("before", "token")]
OTHERS = ["half-load", "start", "allocations", "timing", "openssl", "in-process", "cores", *PEERS]


class Bench:
    def __init__(self, options, binaries, work):
        self.options, self.work = options, work
        self.rounds, self.seconds = (3, 2) if options.quick else (5, 3)
        self.bench = Workbench(work, binaries, self.say)
        self.binaries = binaries
        self.result = {"cases": {}, "references": {}, "peers": {}, "pairs": {}, "skipped": {}}

    def say(self, text):
        print(f"==> {text}", flush=True)

    def wanted(self, name):
        return not self.options.only or name in self.options.only

    def attempt(self, name, body):
        """Runs one part; what cannot be measured here is said and does not stop the rest."""
        if not self.wanted(name):
            return None
        try:
            return body()
        except (Skipped, Failure, OSError, subprocess.SubprocessError) as reason:
            self.say(f"{name} is left out: {reason}")
            self.result["skipped"][name] = str(reason)
            return None

    # --- Servers against the floor ---------------------------------------------------------------------------------

    def run_cases(self):
        bench = self.bench
        make = {
            "token": lambda: bench.token("token", "opaque token, contract dialect"),
            "before": lambda: bench.token("before", "opaque token, contract dialect, by the binary of before", size="before"),
            **bench.tls_cases(),
            **bench.proof_cases(),
            "postgres": lambda: bench.token("postgres", "opaque token, contract dialect, the store is PostgreSQL", size="postgres"),
            "rfc-token": lambda: bench.token("rfc-token", "opaque token, rfc6749 dialect", path="/oauth2/token"),
            "quiet": bench.quiet,
            "jwt": bench.jwt,
            "introspection": bench.introspection,
            "verify": bench.verify,
            "jwks": bench.jwks,
            "token-10k": lambda: bench.token("token-10k", "opaque token, contract dialect, 10,000 clients", size="10k"),
            "denied": bench.denied,
            "token-1m": lambda: bench.million(20 if self.options.quick else 150),
        }
        if not self.options.before:
            del make["before"]
        cases = [case for case in (self.attempt(name, make[name]) for name in make) if case]
        references = bench.references(cases[0]) if cases and cases[0].name == "token" else {}
        reference_rounds = {name: [] for name in references}
        for number in range(self.rounds if cases else 0):
            self.say(f"Round {number + 1} of {self.rounds}: {', '.join(case.name for case in cases)}")
            for case in list(cases):
                # Side by side, because the machine's speed drifts by more than what is compared.
                def pair():
                    if case.name == "denied":
                        bench.restart_denied(case)
                    if case.mint:
                        bench.renew(case, WARM_UP + self.seconds)
                    floor = bench.floor(case)
                    for server, rounds, load in ((floor, case.floor_rounds, case.floor_load),
                                                 (case.server, case.rounds, case.load)):
                        rounds.append(measure(server, case.requests, self.seconds, *case.arguments,
                                              refused=case.refused, load=load))
                    if case.mint:
                        case.rounds[-1] |= self.claim(bench.claims_together(case))
                    return True
                if not self.attempt(case.name, pair):
                    cases.remove(case)
            for name, (_, server) in references.items():
                reference_rounds[name].append(measure(server, cases[0].requests, self.seconds, *cases[0].arguments))
        for case in cases:
            self.result["cases"][case.name] = {
                "title": case.title, "answer_bytes": case.answer_size, "tls": case.server.tls,
                "is_limited_elsewhere": case.is_limited_elsewhere, **summary(case.rounds),
                "floor": summary(case.floor_rounds),
                "ratio": median(one["rate"] / floor["rate"] for one, floor in zip(case.rounds, case.floor_rounds)),
                "cpu_ratio": median(one["cpu_us"] / floor["cpu_us"]
                                    for one, floor in zip(case.rounds, case.floor_rounds)),
                **{name: getattr(case, name) for name in ("cold_rate", "bytes_per_client") if hasattr(case, name)},
            }
        for name, (title, _) in references.items():
            self.result["references"][name] = {"title": title, **summary(reference_rounds[name])}

        served = {case.name: case for case in cases}
        for names in PAIRS:
            if all(name in served for name in names):
                self.say(f"In turn: {' and '.join(names)}")
                self.result["pairs"][" ".join(names)] = self.in_turn(*(served[name] for name in names))

    def in_turn(self, first, second):
        """The CPU of the second case for one of the first: by turns of a second, first, second, second, first."""
        ratios = []
        for _ in range(8 if self.options.quick else 20):
            turns = {first: 0, second: 0}
            for case in (first, second, second, first):
                turns[case] += measure(case.server, case.requests, 1, *case.arguments, load=case.load)["cpu_us"]
            ratios.append(turns[second] / turns[first])
        middle = median(ratios)
        return {"cpu_ratio": middle, "deviation": median(abs(ratio - middle) for ratio in ratios), "turns": ratios}

    # --- Other measurements ----------------------------------------------------------------------------------------

    def half_load(self):
        """p99 where half of what the server can do is asked for, at even distances whatever it does."""
        case = self.bench.token("half-load", "")
        most = self.result["cases"].get("token", {}).get("rate")
        if most is None:
            most = measure(case.server, case.requests, 2, *case.arguments)["rate"]
        store = self.bench.store("10")
        requests = self.bench.requests("paced", [post("/oauth/token", token_form(client_id(number), store.secret))
                                                 for number in range(store.count)])
        def paced(server):
            command = [self.binaries["pace"], server.port, most / 2, self.seconds * 2, CONNECTIONS, requests]
            results = [json.loads(on_load_core(command)) for _ in range(3)]
            return {name: median(each[name] for each in results) for name in results[0]}

        self.result["half_load"] = {**paced(case.server), "floor": paced(self.bench.floor(case))}

    def start(self):
        """From the start of the process to its first answer, which is a token; then its memory."""
        store = self.bench.store("10")
        request = post("/oauth/token", token_form(client_id(0), store.secret))
        times, sizes = [], []
        for _ in range(10):
            before = time.monotonic()
            server = Tessera(self.binaries["tessera"], store, waits=False)
            while True:
                try:
                    _, status = exchange(server.port, request)
                    break
                except OSError:
                    if time.monotonic() - before > 10:
                        raise Failure("tessera does not start")
                    time.sleep(0.0005)
            times.append((time.monotonic() - before) * 1000)
            if status != 200:
                raise Failure(f"the first answer is {status}")
            time.sleep(0.5)
            sizes.append(server.resident_bytes() / 2**20)
            server.stop()
        self.result["start"] = {"ready_ms": median(times), "slowest_ms": max(times), "resident_mib": median(sizes)}

    def allocations(self):
        """Allocations per request in the whole process, counted by a library in front of the allocator."""
        case = self.bench.token("allocations", "")
        answer = f"{self.work}/allocations.answer"
        with open(answer, "wb") as file:
            file.write(exchange(case.server.port, case.first_request)[0])
        counts = {}
        for name, start in (
            ("floor", lambda preload: Floor(self.binaries["floor"], answer, preload)),
            ("tessera", lambda preload: Tessera(self.binaries["tessera"], self.bench.store("10"), preload)),
            ("tessera without a log", lambda preload: Tessera(
                self.binaries["tessera"], self.bench.store("10"), {**preload, "TESSERA_LOG_LEVEL": "error"})),
        ):
            file = f"{self.work}/{name.replace(' ', '-')}.count"
            server = start({"LD_PRELOAD": self.binaries["malloc-counter"], "MALLOC_COUNTER_FILE": file})
            # What is made once is made by now.
            wrk(server.port, case.requests, 1, *case.arguments)
            before = read_count(file)
            requests = wrk(server.port, case.requests, 2, *case.arguments)["requests"]
            counts[name] = (read_count(file) - before) / requests
            server.stop()
        self.result["allocations"] = counts

    def timing(self):
        rounds = 20_000 if self.options.quick else 100_000
        # A thousand failures are free for each client, and a thousand clients at one address are counted one by one.
        variants = 190
        self.say("Registering clients of every kind")
        store = Store(self.binaries["tessera"], f"{self.work}/store-timing", 3 + 4 * variants, variants, variants)
        server = Tessera(self.binaries["tessera"], store)
        names, requests = timing_requests(store, variants)
        self.say(f"{rounds:,} rounds of {len(names)} kinds of refusal")
        result = json.loads(on_load_core([self.binaries["timing"], server.port, rounds, len(names),
                                          self.bench.requests("timing", requests)]))
        server.stop()
        if result["other_statuses"]:
            raise Failure(f"{result['other_statuses']} answers were not {result['status']}")
        for pair in result["pairs"]:
            pair["left"], pair["right"] = names[pair["left"]], names[pair["right"]]
        self.result["timing"] = result

    def openssl(self):
        """Microseconds for one signature and for its verification, on the core that the servers run on."""
        output = subprocess.run(["taskset", "-c", str(SERVER_CORE), "openssl", "speed", "-seconds",
                                 "1" if self.options.quick else "3", "ecdsap256", "rsa2048"],
                                capture_output=True, text=True, check=True).stdout
        found = {}
        for name, pattern in (("P-256", r"nistp256\).*"), ("RSA 2048", r"rsa\s+2048 bits.*")):
            line = re.search(pattern, output)
            if not line:
                raise Failure("openssl speed says something else")
            for what, rate in zip(("sign", "verify"), line[0].split()[-2:]):
                found[f"{name} {what}"] = 1e6 / float(rate)
        self.result["references"]["openssl"] = found

    def in_process(self):
        """Nanoseconds of what needs no network, on the core that the servers run on."""
        self.result["in_process"] = {name: time for name, time, _ in self.micro("taskset", "-c", str(SERVER_CORE))}

    def cores(self):
        """How many times as much two threads answer as one does, each with the endpoints of an event loop."""
        rounds = [self.micro(arguments=["--cores"]) for _ in range(1 if self.options.quick else 5)]
        self.result["cores"] = {
            name: {"ns": median(one[place][1] for one in rounds), "ratio": median(one[place][2] for one in rounds)}
            for place, (name, _, _) in enumerate(rounds[0])}

    def micro(self, *before, arguments=()):
        """What MicroBenchmarks says: name, nanoseconds and another figure."""
        output = subprocess.run([*before, self.binaries["micro"], *arguments], capture_output=True, text=True,
                                check=True).stdout
        found = [re.match(r"(.*?) +([0-9]+) ns +([0-9.]+) ", line) for line in output.splitlines()]
        return [(line[1], float(line[2]), float(line[3])) for line in found if line]

    def claim(self, together):
        """Microseconds of CPU for one claim, as SQLite itself makes so many together."""
        output = subprocess.run(["taskset", "-c", str(SERVER_CORE), sys.executable, f"{HERE}/claims.py", self.work,
                                 str(together)], capture_output=True, text=True, check=True).stdout
        return {"claims_together": together, "claim_us": float(output)}

    def peer(self, name):
        peer = Peer(name, self.work, self.say)
        server = peer.start()
        try:
            file = self.bench.requests(name, [peer.request])
            # They write each token to disk, one after another. Of 64 connections most would only wait.
            rounds = [measure(server, file, self.seconds, connections=4) for _ in range(2)]
            self.result["peers"][name] = {"title": peer.title, **summary(rounds)}
        finally:
            server.stop()

    def run(self):
        started = time.monotonic()
        parts = {"half-load": self.half_load, "start": self.start, "allocations": self.allocations,
                 "timing": self.timing, "openssl": self.openssl, "in-process": self.in_process, "cores": self.cores}
        self.run_cases()
        for name, part in parts.items():
            if self.wanted(name):
                self.say(f"Measuring: {name}")
            self.attempt(name, part)
        stop_all()
        if any(self.wanted(name) for name in PEERS):
            self.result["references"]["fsync"] = fsync_milliseconds(self.work)
        for name in PEERS:
            self.attempt(name, lambda: self.peer(name))
        self.result["minutes"] = (time.monotonic() - started) / 60
        return self.result


def summary(rounds):
    return {**{name: median(each[name] for each in rounds) for name in rounds[0]}, "rounds": rounds}


def fsync_milliseconds(folder):
    """What the disk takes to keep 4 KiB: the peers wait for it in each request, Tessera in none."""
    times = []
    with open(f"{folder}/fsync", "wb", buffering=0) as file:
        for _ in range(20):
            file.write(bytes(4096))
            before = time.monotonic()
            os.fsync(file.fileno())
            times.append((time.monotonic() - before) * 1000)
    return median(times)


def read_count(file):
    with open(file, "rb") as counter:
        return int.from_bytes(counter.read(8), sys.byteorder)


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures Tessera and its references.")
    parser.add_argument("--quick", action="store_true", help="shorter and fewer rounds, for development")
    parser.add_argument("--only", action="append", metavar="CASE", choices=CASES + OTHERS,
                        help=f"only this, may be repeated: {', '.join(CASES + OTHERS)}")
    parser.add_argument("--before", metavar="BINARY",
                        help="a tessera of before, to be compared with by turns: what has a change cost?")
    parser.add_argument("--cores", action="append_const", const="cores", dest="only",
                        help="only what two cores make of it: --only cores")
    parser.add_argument("--no-build", action="store_true", help="measure what was built before")
    parser.add_argument("--binaries", help=argparse.SUPPRESS)
    parser.add_argument("--results", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.binaries is None:
        return  # script/bench wanted to know whether the arguments are good.
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        sys.exit("bench: two cores are needed, one for the server and one for the load")
    # So that nothing is left running when somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # What the harness itself does must not disturb the server.
    os.sched_setaffinity(0, {LOAD_CORE})
    work = tempfile.mkdtemp(prefix="tessera-bench-")
    # PostgreSQL is another user, who has to get at its own folder.
    os.chmod(work, 0o711)
    bench = Bench(options, json.loads(options.binaries) | {"before": options.before}, work)
    try:
        result = bench.run()
    finally:
        stop_all()
        bench.bench.stop()
        shutil.rmtree(work, ignore_errors=True)
    complete = not options.quick and not options.only
    report.write(result, options.results, "quick" if not complete else time.strftime("%Y-%m-%d"))


if __name__ == "__main__":
    main()
