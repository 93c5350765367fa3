"""Asks by a new TLS 1.3 connection for each request, and prints what came of it as wrk/cycle.lua does.

Usage: connects.py PORT FILE SECONDS CONNECTIONS new|resumed [CERTIFICATE KEY]

FILE is as for wrk/cycle.lua; {client} stands for the first. The client shows the certificate, if there is one. Of wrk
and h2load neither can do it: wrk resumes whenever a server lets it. A process for each of the connections, because one
of Python's would wait for itself. The server's certificate is not verified: what that costs is the client's."""

import json
import os
import socket
import ssl
import sys
import time


def first_request(file):
    with open(file, "rb") as requests:
        request = requests.read(int(requests.readline()))
    return request.replace(b"{client}", b"0" * 12).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


def ask(port, request, seconds, resumes, shown):
    """Times of the requests that were granted in µs, the number of those refused, and of those that failed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if shown:
        context.load_cert_chain(*shown)
    times, refused, failed, session = [], 0, 0, None
    end = time.monotonic() + seconds
    while (before := time.monotonic()) < end:
        try:
            plain = socket.create_connection(("127.0.0.1", port), timeout=10)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(plain, session=session) as connection:
                connection.sendall(request)
                answer = b""
                while received := connection.recv(65536):
                    answer += received
                # The first connection cannot be resumed.
                if resumes and session is not None and not connection.session_reused:
                    failed += 1
                session = connection.session if resumes else None
        except OSError:
            failed += 1
            continue
        if answer.startswith(b"HTTP/1.1 200 "):
            times.append((time.monotonic() - before) * 1e6)
        else:
            refused += 1
    return times, refused, failed


def main():
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[3]), int(sys.argv[4])
    request, resumes, shown, pipes = first_request(sys.argv[2]), sys.argv[5] == "resumed", sys.argv[6:], []
    started = time.monotonic()
    for _ in range(connections):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as pipe:
                json.dump(ask(port, request, seconds, resumes, shown), pipe)
            os._exit(0)
        os.close(writer)
        pipes.append(os.fdopen(reader))
    results = [json.load(pipe) for pipe in pipes]
    elapsed = time.monotonic() - started
    for _ in results:
        os.wait()
    times = sorted(each for granted, _, _ in results for each in granted)
    refused, failed = (sum(each[index] for each in results) for index in (1, 2))
    print("JSON " + json.dumps({
        "requests": len(times) + refused, "seconds": elapsed, "p50": times[len(times) // 2] if times else 0,
        "p99": times[len(times) * 99 // 100] if times else 0, "refused": refused, "failed": failed}))


main()
