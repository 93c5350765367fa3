"""A network that is far, or can be cut: then it goes on holding connections, takes new ones, and passes nothing on."""

import contextlib
import select
import socket
import threading
import time

from processes import free_port


class Network:
    """Passes on to a port what comes to its own, `seconds` later, until it is cut. Nobody is told of that: there is no FIN
    and no RST."""

    def __init__(self, port, seconds=0):
        self.target, self.port, self.seconds = port, free_port(), seconds
        self.passes = threading.Event()
        self.passes.set()
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        _in_background(self._accept)

    def cut(self):
        self.passes.clear()

    def mend(self):
        self.passes.set()

    def given_up(self, pairs):
        """How many of these the near end has closed."""
        return sum(1 for near, _ in pairs if _is_closed(near))

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            _in_background(self._connect, near)

    def _connect(self, near):
        self.passes.wait()
        pair = near, socket.create_connection(("127.0.0.1", self.target))
        self.pairs.append(pair)
        _in_background(self._pass_on, pair, *pair)
        self._pass_on(pair, *reversed(pair))

    def _pass_on(self, pair, source, target):
        try:
            while data := source.recv(65536):
                time.sleep(self.seconds)
                self.passes.wait()
                target.sendall(data)
        except OSError:
            pass
        self.passes.wait()
        if pair in self.pairs:
            self.pairs.remove(pair)
        for end in pair:
            # The other direction waits for something on it.
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _in_background(body, *arguments):
    threading.Thread(target=body, args=arguments, daemon=True).start()


def _is_closed(end):
    """Whether the other side has closed; what it has sent before that is left where it is."""
    if end.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(end, select.POLLRDHUP)
    return bool(poll.poll(0))
