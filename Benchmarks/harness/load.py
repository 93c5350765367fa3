"""Requests, and what comes of sending very many of them."""

import json
import os
import re
import socket
import subprocess
import urllib.parse

from servers import LOAD_CORE, Failure, busy_seconds

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 64


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


def exchange(port, request):
    """Sends one request; its whole response, and its status."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
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


def on_load_core(command):
    result = subprocess.run(["taskset", "-c", str(LOAD_CORE), *map(str, command)], capture_output=True, text=True)
    if result.returncode != 0:
        raise Failure(f"{os.path.basename(str(command[0]))}: {(result.stderr or result.stdout).strip()}")
    return result.stdout


def wrk(port, file, seconds, *script_arguments, connections=CONNECTIONS):
    output = on_load_core(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
                           "-s", f"{HERE}/../wrk/cycle.lua", f"http://127.0.0.1:{port}/", "--", file, *script_arguments])
    return json.loads(output.rsplit("JSON ", 1)[1])


def measure(server, file, seconds, *script_arguments, refused=False, connections=CONNECTIONS):
    """Requests a second, latency, CPU and memory of a server under these requests.

    `refused` says that each answer is meant to be a refusal."""
    wrk(server.port, file, 1, *script_arguments, connections=connections)
    cpu, busy = server.cpu_seconds(), busy_seconds()
    children = os.times()
    result = wrk(server.port, file, seconds, *script_arguments, connections=connections)
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
