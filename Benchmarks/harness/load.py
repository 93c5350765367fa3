"""Requests, and what comes of sending very many of them."""

import contextlib
import functools
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.parse

from servers import LOAD_CORE, Failure, busy_seconds

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 64
# Seconds before a measurement, under the same load.
WARM_UP = 1
# Processes of connects.py, each with one connection at a time.
NEW_CONNECTIONS = 16


def post(path, form, headers=""):
    # The place for a client's number stays as it is.
    body = urllib.parse.urlencode(form, safe="{}")
    length = len(body.replace("{client}", "0" * 12))
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"{headers}Content-Length: {length}\r\n\r\n{body}").encode()


def get(path, headers=""):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def token_form(client, secret, scope="item"):
    return {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": scope}


def write_requests(path, requests):
    with open(path, "wb") as file:
        for request in requests:
            # Its length here is that of the text; only wrk/cycle.lua puts something in place of {client}.
            file.write(b"%d\n" % len(request) + request)
    return path


def exchange(port, request, tls=False, shown=None):
    """Sends one request, over TLS perhaps and showing a certificate; its whole response, and its status."""
    with (socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
          within(plain, tls, shown) as connection):
        connection.sendall(request.replace(b"{client}", b"0" * 12))
        response = b""
        while True:
            received = connection.recv(65536)
            response += received
            head, separator, body = response.partition(b"\r\n\r\n")
            if separator:
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                chunked = re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head)
                if body.endswith(b"0\r\n\r\n") if chunked else len(body) >= int(length[1] if length else 0):
                    return response, int(response.split()[1])
            if not received:
                raise Failure(f"no answer to {request.split(b' HTTP')[0].decode()}")


def within(connection, tls, shown):
    """The connection, with TLS if asked for: of servers that this process has started."""
    if not tls:
        return connection
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if shown:
        context.load_cert_chain(shown.chain, shown.key)
    return context.wrap_socket(connection)


def on_load_core(command, environment=None):
    result = subprocess.run(["taskset", "-c", str(LOAD_CORE), *map(str, command)], capture_output=True, text=True,
                            env={**os.environ, **(environment or {})})
    if result.returncode != 0:
        raise Failure(f"{os.path.basename(str(command[0]))}: {(result.stderr or result.stdout).strip()}")
    return result.stdout


def wrk(port, file, seconds, *script_arguments, connections=CONNECTIONS, scheme="http", environment=None):
    output = on_load_core(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
                           "-s", f"{HERE}/../wrk/cycle.lua", f"{scheme}://127.0.0.1:{port}/", "--", file, *script_arguments],
                          environment)
    return json.loads(output.rsplit("JSON ", 1)[1])


def wrk_over_tls(port, file, seconds, *script_arguments, connections=CONNECTIONS):
    return wrk(port, file, seconds, *script_arguments, connections=connections, scheme="https")


def wrk_showing(certificate, library):
    """wrk over TLS with a certificate of its own, by the library that is preloaded for it."""
    return functools.partial(wrk, scheme="https", environment={
        "LD_PRELOAD": library, "CLIENT_CERTIFICATE": certificate.chain, "CLIENT_KEY": certificate.key})


class Once:
    """wrk with requests that are good for one time, of which the file has enough."""

    def __init__(self):
        self.used, self.answered = 0, 0

    def __call__(self, port, file, seconds, *_, connections=CONNECTIONS):
        result = wrk(port, file, seconds, "once", self.used, connections=connections)
        # Each connection was sent one more, and wrk looks at one before it begins.
        self.used += result["requests"] + connections + 1
        self.answered += result["requests"]
        return result


def new_connections(port, file, seconds, *_, kind="new", shown=None, **__):
    """The first request of the file, by a new connection each, which shows a certificate perhaps."""
    output = on_load_core([sys.executable, f"{HERE}/connects.py", port, file, seconds, NEW_CONNECTIONS, kind,
                           *([shown.chain, shown.key] if shown else [])])
    return json.loads(output.rsplit("JSON ", 1)[1])


def connections_showing(certificate):
    return functools.partial(new_connections, shown=certificate)


def resumed_connections(port, file, seconds, *_, **__):
    return new_connections(port, file, seconds, kind="resumed")


def streams(port, file, seconds, *_, **__):
    """The first request of the file, which is a POST, in 100 streams of one connection of HTTP/2."""
    with open(file, "rb") as requests:
        head, _, body = requests.read(int(requests.readline())).partition(b"\r\n\r\n")
    body_file, log = f"{file}.body", f"{file}.log"
    with open(body_file, "wb") as output:
        output.write(body.replace(b"{client}", b"0" * 12))
    with contextlib.suppress(FileNotFoundError):
        os.remove(log)
    path, kind = head.split()[1].decode(), re.search(rb"(?i)\r\ncontent-type: *([^\r]*)", head)[1].decode()
    said = on_load_core(["h2load", "-t", 1, "-c", 1, "-m", 100, "-D", seconds, "-d", body_file, "-H",
                         f"content-type: {kind}", f"--log-file={log}", f"https://127.0.0.1:{port}{path}"])
    if "Application protocol: h2\n" not in said:
        raise Failure("h2load does not speak HTTP/2 there")
    counts = re.search(r"requests: \d+ total, \d+ started, (\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored, "
                       r"(\d+) timeout", said)
    granted = int(re.search(r"status codes: (\d+) 2xx", said)[1])
    done, failed = int(counts[1]), sum(int(each) for each in counts.groups()[2:])
    with open(log) as lines:
        times = sorted(int(line.split()[2]) for line in lines)
    return {"requests": done, "seconds": seconds, "p50": times[len(times) // 2] if times else 0,
            "p99": times[len(times) * 99 // 100] if times else 0, "refused": done - granted, "failed": failed}


def measure(server, file, seconds, *script_arguments, refused=False, connections=CONNECTIONS, load=wrk):
    """Requests a second, latency, CPU and memory of a server under these requests.

    `refused` says that each answer is meant to be a refusal, `load` who sends them."""
    load(server.port, file, WARM_UP, *script_arguments, connections=connections)
    cpu, busy = server.cpu_seconds(), busy_seconds()
    children = os.times()
    result = load(server.port, file, seconds, *script_arguments, connections=connections)
    cpu = server.cpu_seconds() - cpu
    after = os.times()
    load = after.children_user + after.children_system - children.children_user - children.children_system
    others = max(0, busy_seconds() - busy - cpu - load)
    if not result["requests"]:
        raise Failure(f"{server.name} has not answered within {seconds} s")
    if result["failed"] or result["refused"] != (result["requests"] if refused else 0):
        raise Failure(f"of {result['requests']} requests {server.name} refused {result['refused']} and "
                      f"{result['failed']} failed")
    return {
        "rate": result["requests"] / result["seconds"],
        "p50_us": result["p50"],
        "p99_us": result["p99"],
        "cpu_us": cpu / result["requests"] * 1e6,
        # Of its core. Well below 1 something else was the limit, and the rate says little about the server.
        "busy": cpu / result["seconds"],
        "resident_mib": server.resident_bytes() / 2**20,
        # What other programs took of the two cores.
        "others": others / (2 * result["seconds"]),
    }
