"""The processes that are measured: each on core 0, at a port of this machine."""

import os
import signal
import socket
import subprocess
import time

SERVER_CORE, LOAD_CORE = 0, 1
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

running = []


class Failure(Exception):
    """Something that the person who runs the benchmark should know. One line."""


def free_port():
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


class Server:
    """A process and its children, started on the server core."""

    def __init__(self, name, command, port, environment=None, folder=None, log=None, tls=False):
        self.name, self.port, self.tls = name, port, tls
        # The certificate that clients show.
        self.shown = None
        # Where nobody asks for the log it is written all the same, and thrown away.
        self.output = open(log or os.devnull, "ab")
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TESSERA_")}
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, cwd=folder,
            env={**inherited, **(environment or {})}, start_new_session=True)
        running.append(self)

    def wait_until_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.01)
        raise Failure(f"{self.name} does not listen")

    def stop(self):
        if self in running:
            running.remove(self)
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                # The whole session: gunicorn has workers.
                os.killpg(self.process.pid, sent)
                try:
                    self.process.wait(15)
                except subprocess.TimeoutExpired:
                    continue
        self.output.close()

    def _tree(self):
        """The PIDs of the process and all that it has started."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                fields = _stat(entry)
                if fields:
                    parents[int(entry)] = int(fields[1])
        tree = {self.process.pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in tree} - tree
            if not more:
                return tree
            tree |= more

    def cpu_seconds(self):
        fields = [_stat(pid) for pid in self._tree()]
        return sum(int(each[11]) + int(each[12]) for each in fields if each) / TICK

    def resident_bytes(self):
        total = 0
        for pid in self._tree():
            try:
                with open(f"/proc/{pid}/statm") as file:
                    total += int(file.read().split()[1]) * PAGE
            except OSError:
                pass
        return total


def stop_all():
    for server in list(running):
        server.stop()


def _stat(pid):
    """The fields of /proc/PID/stat from the third on, after the name, which may hold anything."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def busy_seconds():
    """How long the two cores have worked, for whomever."""
    total = 0
    with open("/proc/stat") as file:
        for line in file:
            fields = line.split()
            if fields[0] in (f"cpu{SERVER_CORE}", f"cpu{LOAD_CORE}"):
                user, nice, system, _, _, irq, softirq, steal = map(int, fields[1:9])
                total += user + nice + system + irq + softirq + steal
    return total / TICK


class Certificate:
    """A certificate of this machine's, ECDSA with P-256, which nobody verifies."""

    def __init__(self, folder):
        os.makedirs(folder)
        self.chain, self.key = f"{folder}/certificate.pem", f"{folder}/key.pem"
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "90",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.key,
             "-out", self.chain], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"openssl made no certificate: {done.stderr.strip()}")


class Tessera(Server):
    def __init__(self, binary, store, environment=None, waits=True, certificate=None):
        port = free_port()
        settings = {
            "TESSERA_HTTP_PORT": str(port),
            "TESSERA_HTTP_THREADS": "1",
            "TESSERA_MANAGEMENT_PORT": "0",
            # Far above the usual, so that a benchmark of refusals measures refusals and not the limit on guessing.
            "TESSERA_BRUTE_FORCE_FREE_FAILURES": "1000",
            # Clients are kept in two generations; only with room for twice as many are all of a million sure to stay.
            "TESSERA_DIRECTORY_MAX_CLIENTS": "2200000",
        }
        if certificate:
            settings |= {"TESSERA_HTTP_TLS_CERTIFICATE": certificate.chain, "TESSERA_HTTP_TLS_KEY": certificate.key}
        super().__init__("tessera", [binary, "serve", "--data", store.folder], port,
                         {**settings, **store.environment, **(environment or {})}, tls=certificate is not None)
        if waits:
            self.wait_until_ready()


class Floor(Server):
    def __init__(self, binary, answer_file, environment=None, way=()):
        port = free_port()
        super().__init__("the floor", [binary, port, answer_file, *way], port, environment)
        self.wait_until_ready()


class Nginx(Server):
    """nginx with one process and the same body in a static answer, keeping no log. With a certificate it speaks what
    Tessera does, and leaves the suite to the client as Tessera does; it asks for that of its clients, who may be anybody."""

    def __init__(self, folder, body, certificate=None, asks=False):
        port = free_port()
        os.makedirs(folder, exist_ok=True)
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        tls = "" if certificate is None else (
            f"ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key}; ssl_protocols TLSv1.2 TLSv1.3;"
            + (" ssl_verify_client optional_no_ca;" if asks else ""))
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(f"""
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; server_tokens off; keepalive_requests 1000000000; {temporary}
  server {{
    listen 127.0.0.1:{port}{" ssl http2" if certificate else ""}; {tls}
    location / {{
      default_type "application/json;charset=UTF-8"; add_header Cache-Control no-store; add_header Pragma no-cache;
      return 200 '{body}';
    }}
  }}
}}
""")
        super().__init__("nginx", ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], port,
                         tls=certificate is not None)
        self.wait_until_ready()
