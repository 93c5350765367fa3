"""A network that can be cut: it goes on holding connections, takes new ones, and passes nothing on."""

import select
import socket
import threading

from processes import free_port


class Network:
    """Passes on to a port what comes to its own, until it is cut. Nobody is told: there is no FIN and no RST."""

    def __init__(self, port):
        self.target, self.port = port, free_port()
        self.is_cut = False
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self.is_cut = True

    def mend(self):
        self.is_cut = False

    def given_up(self, pairs):
        """How many of these the near end has closed."""
        return sum(1 for near, _ in pairs if _is_closed(near))

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near):
        pair = None
        try:
            while self.is_cut:
                threading.Event().wait(0.05)
            far = socket.create_connection(("127.0.0.1", self.target))
            pair = (near, far)
            self.pairs.append(pair)
            while True:
                for source in select.select(pair, [], [], 0.2)[0] if not self.is_cut else self._nothing():
                    data = source.recv(65536)
                    if not data:
                        return
                    (far if source is near else near).sendall(data)
        except OSError:
            pass
        finally:
            if pair in self.pairs:
                self.pairs.remove(pair)
            for end in pair or (near,):
                end.close()

    @staticmethod
    def _nothing():
        threading.Event().wait(0.05)
        return ()


def _is_closed(end):
    """Whether the other side has closed; what it has sent before that is left where it is."""
    if end.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(end, select.POLLRDHUP)
    return bool(poll.poll(0))
