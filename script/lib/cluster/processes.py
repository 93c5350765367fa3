"""Processes of this machine: started, stopped in every way there is, and looked at through /proc."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

running = []


class Failure(Exception):
    """What went wrong, and what to look at. One line."""


def free_port():
    """A port below those that the system gives to whoever connects: while a node is down, no connection may come from its
    port, nor reach itself there."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        lowest = int(file.read().split()[0])
    while True:
        port = random.randrange(min(10_000, lowest // 2), lowest)
        with socket.socket() as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            return port


def wait_until(condition, seconds, what, every=0.02):
    """The first true value of the condition. Ends with a failure that says `what` did not happen."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"{what} within {seconds} s")
        time.sleep(every)


def run(command, what, **options):
    """What a command prints. Ends with a failure that says what the command said."""
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            **options)
    if result.returncode != 0:
        said = (result.stderr or result.stdout).strip().splitlines() or [f"exit code {result.returncode}"]
        raise Failure(f"{what}: {said[-1]}")
    return result.stdout


class Process:
    """A process that writes what it says to a file."""

    def __init__(self, name, command, log, environment=None):
        self.name, self.log = name, log
        with open(log, "ab") as output:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env=environment, start_new_session=True)
        self.pid = self.process.pid
        running.append(self)

    @property
    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.is_running:
            self.process.send_signal(number)

    def stop(self, seconds=60):
        """Asks it to end, and waits for that; its exit code."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} does not stop; its log is {self.log}") from None
        finally:
            self.kill()

    def kill(self):
        """Ends it without asking."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        if self in running:
            running.remove(self)

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * PAGE

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def said(self, text, since=0):
        """Whether the text stands in its log after the first `since` bytes."""
        with open(self.log, "rb") as file:
            file.seek(since)
            return text.encode() in file.read()

    def said_so_far(self):
        """How long its log is."""
        return os.path.getsize(self.log)


def stop_all():
    for process in reversed(list(running)):
        process.kill()
