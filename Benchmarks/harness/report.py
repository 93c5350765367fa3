"""Writes what was measured as JSON and as Markdown."""

import glob
import json
import os
import platform
import re
import statistics
import subprocess
import time

SAME_IN_TIME = 4.5
# What a client proves itself by: the case, that of a secret beside it, what both are called, and what openssl verifies.
PROOFS = [
    ("assertion-es256", "token", "private_key_jwt by ES256", "", "P-256"),
    ("assertion-rs256", "token", "private_key_jwt by RS256", "", "RSA 2048"),
    ("dpop", "token", "a secret and a DPoP proof by ES256", "", "P-256"),
    ("mtls-new", "tls-new", "a new connection of mutual TLS with a token", " over a new one of TLS", "P-256"),
]


def write(result, folder, name):
    result = {"date": time.strftime("%Y-%m-%d"), "machine": machine(), "versions": versions(), **result}
    result["targets"] = targets(result)
    os.makedirs(folder, exist_ok=True)
    text = markdown(result)
    for ending, content in (("json", json.dumps(result, indent=1) + "\n"), ("md", text)):
        with open(f"{folder}/{name}.{ending}", "w") as file:
            file.write(content)
    print(f"\n{text}\nWritten to Benchmarks/results/{name}.md and {name}.json")


def machine():
    with open("/proc/cpuinfo") as file:
        processor = re.search(r"model name\s*: (.*)", file.read())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {"processor": processor[1] if processor else platform.machine(), "cores": os.cpu_count(),
            "caches": caches(), "memory_gib": round(memory), "kernel": platform.release().split("-")[0]}


def caches():
    """The caches that a core sees, by level: what code and data it has at hand."""
    found = {}
    for folder in sorted(glob.glob("/sys/devices/system/cpu/cpu0/cache/index*")):
        level, kind, size = (open(f"{folder}/{name}").read().strip() for name in ("level", "type", "size"))
        found[f"L{level}" + {"Data": "d", "Instruction": "i"}.get(kind, "")] = size
    return found


def versions():
    def first_line(*command):
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError:
            return None
        return ((done.stdout or done.stderr).strip().splitlines() or [None])[0]

    with open("/etc/os-release") as file:
        system = re.search(r'PRETTY_NAME="(.*)"', file.read())
    found = {
        "tessera": first_line("git", "-C", os.path.dirname(__file__) or ".", "describe", "--always", "--dirty"),
        "system": system and system[1],
        "swift": re.sub(r".*(Swift version [0-9.]+).*", r"\1", first_line("swift", "--version") or ""),
        "nginx": first_line("nginx", "-v"),
        "openssl": first_line("openssl", "version"),
        "wrk": (first_line("wrk", "-v") or "").split(" [")[0],
    }
    return {name: version for name, version in found.items() if version}


def targets(result):
    """(what, target, measured, whether it is met); only what was measured."""
    found = []
    cases, references = result["cases"], result["references"]

    def add(what, target, measured, met):
        found.append({"what": what, "target": target, "measured": measured, "met": bool(met)})

    def of_pipeline(name, what, most):
        if name in cases and "pipeline" in references:
            value = statistics.median(
                one["cpu_us"] / pipeline["cpu_us"]
                for one, pipeline in zip(cases[name]["rounds"], references["pipeline"]["rounds"]))
            add(what, f"CPU ≤ {most} times that of SwiftNIO's own pipeline", f"{value:.2f}", value <= most)

    def relative(name, other):
        """Requests/s of one case by those of another, each against the floor beside it."""
        return cases[name]["ratio"] / cases[other]["ratio"]

    of_pipeline("token", "opaque token", 1.35)
    of_pipeline("introspection", "introspection", 1.35)
    of_pipeline("verify", "verify", 1.2)
    if "in_process" in result and "openssl" in references:
        most = references["openssl"]["P-256 sign"] + 3
        value = result["in_process"]["JWT"] / 1000
        add("ES256 JWT, in process", "≤ openssl's P-256 sign + 3 µs", f"{value:.1f} µs of {most:.1f}", value <= most)
    for name, reading in result.get("cores", {}).items():
        add(f"{name}, in process, two threads", "≥ 1.9 times one", f"{reading['ratio']:.2f}", reading["ratio"] >= 1.9)
    if "denied" in cases and "token-10k" in cases:
        value = cases["denied"]["cpu_us"] / cases["token-10k"]["cpu_us"]
        add("denied request", "not slower than a granted one", f"{value:.2f} times its CPU", value <= 1)
    if "timing" in result:
        kinds = [pair for pair in result["timing"]["pairs"] if "other clients" not in pair["left"] + pair["right"]]
        value = max(abs(t) for pair in kinds for t in pair["t"])
        add("refusals by time", f"Welch's t between ±{SAME_IN_TIME}", f"{value:.1f}", value < SAME_IN_TIME)
    if "token" in cases and "token-1m" in cases:
        value = 1 - relative("token-1m", "token")
        add("10 → 1,000,000 clients", "requests/s falls by < 5 %", f"{value:.1%}", value < 0.05)
    for pair, title, target, holds in (
        ("before token", "before → now", "CPU within 3 %", lambda difference: difference <= 0.03),
        ("token rfc-token", "both dialects", "within 3 %", lambda difference: abs(difference) <= 0.03),
        ("token postgres", "SQLite → PostgreSQL", "CPU within 3 %", lambda difference: difference <= 0.03),
    ):
        turns = result["pairs"].get(pair)
        if turns:
            value = turns["cpu_ratio"] - 1
            add(title, target, f"{value:+.1%} ± {turns['deviation']:.1%}", holds(value))
    if "tls" in cases and "token" in cases:
        value = statistics.median(
            tls["cpu_us"] / plain["cpu_us"] for tls, plain in zip(cases["tls"]["rounds"], cases["token"]["rounds"]))
        add("TLS, connections that stay", "CPU ≤ 1.25 times that without TLS", f"{value:.2f}", value <= 1.25)
    if "tls-new" in cases:
        value = cases["tls-new"]["cpu_ratio"]
        add("a new TLS connection with a token", "CPU ≤ 1.25 times nginx's with a static answer", f"{value:.2f}", value <= 1.25)
    for name, other, what, secret, key in PROOFS:
        if name in cases and other in cases and "openssl" in references:
            claim = cases[name].get("claim_us")
            value = statistics.median(one["cpu_us"] - of_secret["cpu_us"]
                                      for one, of_secret in zip(cases[name]["rounds"], cases[other]["rounds"]))
            most = 1.25 * references["openssl"][f"{key} verify"] + (claim or 0)
            add(what, f"CPU ≤ that of a secret{secret} + 1.25 times openssl's {key} verify" + (" + one claim" if claim else ""),
                f"+ {value:.1f} µs of {most:.1f}", value <= most)
    if "mtls" in cases and "tls" in cases:
        value = statistics.median(
            one["cpu_us"] / secret["cpu_us"] for one, secret in zip(cases["mtls"]["rounds"], cases["tls"]["rounds"]))
        add("mutual TLS, connections that stay", "CPU ≤ that of a secret over TLS, within 3 %", f"{value:.2f} times",
            value <= 1.03)
    if "half_load" in result:
        value = result["half_load"]["p99"]
        add("p99 at half load", "< 1 ms", f"{value / 1000:.2f} ms", value < 1000)
    if "start" in result:
        value = result["start"]["ready_ms"]
        add("start to ready, 10 clients", "< 100 ms", f"{value:.0f} ms", value < 100)
        value = result["start"]["resident_mib"]
        add("memory at rest, 10 clients", "≤ 40 MiB", f"{value:.1f} MiB", value <= 40)
    if "token-1m" in cases:
        value = cases["token-1m"]["bytes_per_client"]
        add("memory per cached client", "≤ 450 bytes", f"{value:.0f}", value <= 450)
    if "allocations" in result:
        counts = result["allocations"]
        value = counts["tessera"] - counts["floor"]
        add("allocations per granted request above the floor", "≤ 12", f"{value:.1f}", value <= 12)
    return found


def markdown(result):
    machine, lines = result["machine"], []
    lines += [f"# Benchmark of {result['date']}", "",
              f"{machine['processor']}, {machine['cores']} cores, "
              + ", ".join(f"{name} {size}" for name, size in machine["caches"].items())
              + f", {machine['memory_gib']} GiB; "
              + "; ".join(f"{name} {version}" for name, version in result["versions"].items()) + ".", "",
              f"It took {result['minutes']:.0f} minutes. Benchmarks/README.md says how each figure is measured.", ""]
    if result["cases"] or result["references"] or result["peers"]:
        lines += rates(result)
    if result["targets"]:
        lines += ["## Targets", ""] + table(["", "target", "measured", "met"], [
            [each["what"], each["target"], each["measured"], "yes" if each["met"] else "**no**"]
            for each in result["targets"]])
    lines += others(result)
    if result["skipped"]:
        lines += ["## Left out", ""] + [f"- {name}: {reason}" for name, reason in result["skipped"].items()] + [""]
    return "\n".join(lines)


def rates(result):
    def row(title, one, ratio="", cpu_ratio=""):
        return [title, f"{one['rate']:,.0f}", ratio, f"{one['cpu_us']:,.1f}", cpu_ratio, f"{one['p50_us'] / 1000:.2f}",
                f"{one['p99_us'] / 1000:.2f}", f"{one['resident_mib']:.0f}"]

    rows, worst, idlest = [], 0, 1
    for case in result["cases"].values():
        rows.append(row(case["title"], case, f"{case['ratio']:.2f}", f"{case['cpu_ratio']:.2f}"))
        neighbour = "nginx for it, a static answer" if case["tls"] else "the floor for it"
        rows.append(row(f"– {neighbour}, {case['answer_bytes']} bytes", case["floor"]))
        both = case["rounds"] + case["floor"]["rounds"]
        worst = max([worst] + [each["others"] for each in both])
        if not case["is_limited_elsewhere"]:
            idlest = min([idlest] + [each["busy"] for each in both])
    for name, one in result["references"].items():
        if isinstance(one, dict) and "rate" in one:
            rows.append(row(one["title"], one))
    rows += [row(one["title"], one) for one in result["peers"].values()]
    if not rows:
        return []
    lines = ["## Requests", ""] + table(
        ["", "requests/s", "of the floor", "CPU µs", "of the floor", "p50 ms", "p99 ms", "memory MiB"], rows)
    # A disturbed machine shows here, and should not be quoted.
    if result["cases"]:
        only_others = all(case["is_limited_elsewhere"] for case in result["cases"].values())
        lines += [f"In the worst round other programs took {worst:.0%} of the two cores"
                  + ("." if only_others else f", and a server had {idlest:.0%} of its core."), ""]
        if worst > 0.1 or idlest < 0.9:
            lines += ["**The machine was disturbed: requests/s, latency and their ratios are not worth quoting.** CPU µs "
                      "are less affected.", ""]
    for case in result["cases"].values():
        if "cold_rate" in case:
            lines += [f"First requests of clients, which are read from the store: {case['cold_rate']:,.0f} a second.", ""]
    return lines


def others(result):
    lines = []
    if "openssl" in result["references"]:
        lines += ["openssl speed, one core: " + ", ".join(
            f"{name} {value:.1f} µs" for name, value in result["references"]["openssl"].items()) + ".", ""]
    claims = [f"{case['claim_us']:.1f} µs with {case['claims_together']:.0f} in a commit, as in {name}"
              for name, case in result["cases"].items() if "claim_us" in case]
    if claims:
        lines += [f"CPU of one claim, as SQLite itself makes it: {'; '.join(claims)}.", ""]
    if "fsync" in result["references"]:
        lines += [f"The disk takes {result['references']['fsync']:.1f} ms to keep 4 KiB (fsync).", ""]
    if "half_load" in result:
        half, keys = result["half_load"], ("p50", "p90", "p99", "p999", "max")
        lines += ["## Latency at half load", "",
                  f"{half['rate']:,.0f} requests/s at even distances over 64 connections, in ms from when each was due:",
                  ""] + table(["", "p50", "p90", "p99", "p99.9", "longest"], [
                      [name, *(f"{one[key] / 1000:.2f}" for key in keys)]
                      for name, one in (("tessera", half), ("the floor, as many requests", half["floor"]))])
    if "allocations" in result:
        lines += ["## Allocations per request", ""] + table(
            ["", "allocations"], [[name, f"{count:.1f}"] for name, count in result["allocations"].items()])
    if "cores" in result:
        lines += ["## Two cores", "", "In process, CPU of a request with one thread, and how many times as much two answer:", ""]
        lines += table(["", "ns", "two threads"], [
            [name, f"{reading['ns']:,.0f}", f"{reading['ratio']:.2f}"] for name, reading in result["cores"].items()])
    if "timing" in result:
        timing = result["timing"]
        lines += ["## Refusals by time", "",
                  f"{timing['rounds']:,} rounds, status {timing['status']}, median {timing['median_ns'] / 1000:.1f} µs. "
                  "Welch's t over all measurements, and over those below a percentile of all:", ""]
        lines += table(["", "", "all", "99.9", "99", "95", "90", "75", "difference below 95"], [
            [pair["left"], pair["right"], *(f"{t:.1f}" for t in pair["t"]), f"{pair['difference_ns']:.0f} ns"]
            for pair in timing["pairs"]])
    return lines


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]
