"""Other servers that Debian and PyPI give, each set up by a script of Benchmarks/peers."""

import os
import subprocess

from load import HERE, exchange, post
from servers import Failure, Server, free_port

PEERS = {
    "glewlwyd": "Glewlwyd, SQLite, JWTs signed by ES256",
    "authlib": "Authlib on Flask and gunicorn, SQLite",
    "django-oauth-toolkit": "django-oauth-toolkit on gunicorn, SQLite",
}


class Peer:
    """Of the script, `setup FOLDER` makes everything and `start FOLDER PORT` becomes the server; `path`, `header` and
    `form` print what to post."""

    def __init__(self, name, work, say):
        self.title, self.script, self.name = PEERS[name], f"{HERE}/../peers/{name}", name
        self.folder = f"{work}/{name}"
        os.makedirs(self.folder)
        say(f"Setting up {self.title}")
        self._run("setup", self.folder)
        path, header, form = (self._run(part).strip() for part in ("path", "header", "form"))
        self.request = post(path, dict(pair.split("=", 1) for pair in form.split("&")),
                            f"{header}\r\n" if header else "")

    def _run(self, *arguments):
        result = subprocess.run([self.script, *arguments], capture_output=True, text=True, timeout=600)
        if result.returncode != 0:
            lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
            raise Failure(f"{self.name} could not be set up: {lines[-1] if lines else result.returncode}")
        return result.stdout

    def start(self):
        port = free_port()
        server = Server(self.name, [self.script, "start", self.folder, port], port, folder=self.folder,
                        log=f"{self.folder}/log")
        server.wait_until_ready()
        response, status = exchange(port, self.request)
        if status != 200 or b'"access_token"' not in response:
            server.stop()
            raise Failure(f"{self.name} answers {status} instead of a token")
        return server
