"""What is measured: each case is a server, its requests, and the floor that answers the same requests with the same
bytes."""

import base64
import json
from statistics import median

from load import (exchange, get, new_connections, post, resumed_connections, streams, token_form, wrk, wrk_over_tls,
                  write_requests)
from servers import Certificate, Failure, Floor, Nginx, Tessera
from stores import DISABLED, EXPIRED, UNKNOWN, USUAL, PostgresStore, Store, client_id

SEED, RFC = "/oauth/token", "/oauth2/token"
WRONG = "WRONGWRONGWRONGWRONGWRONGWRONG22"
# Refused clients in turn. Of more than a thousand at one address the limit on guessing counts all as one.
REFUSED_CLIENTS = 900
SIZES = {"10": 10, "before": 10, "postgres": 10, "10k": 10_000, "1m": 1_000_000}


class Skipped(Exception):
    pass


class Case:
    def __init__(self, name, title, server, requests, counted=None, refused=False, load=wrk):
        self.name, self.title, self.server = name, title, server
        self.requests, self.refused = requests, refused
        # For wrk/cycle.lua: how many clients take turns; None when the requests are ready-made.
        self.counted, self.load = counted, load
        self.rounds, self.floor_rounds = [], []

    @property
    def arguments(self):
        return (self.counted, "scattered") if self.counted else ()


class Workbench:
    """Makes stores and servers when a case first needs them, and keeps them: they cost nothing while idle."""

    def __init__(self, work, binaries, say):
        self.work, self.binaries, self.say = work, binaries, say
        self.stores, self.servers, self.floors = {}, {}, {}
        self.certificate = None

    def store(self, size):
        if size not in self.stores:
            self.say(f"Registering {SIZES[size]:,} clients")
            kind = PostgresStore if size == "postgres" else Store
            self.stores[size] = kind(self.binary(size), f"{self.work}/store-{size}", SIZES[size])
        return self.stores[size]

    def server(self, size, kind="", **environment):
        key = (size, kind)
        if key not in self.servers:
            self.servers[key] = Tessera(self.binary(size), self.store(size), environment)
        return self.servers[key]

    def binary(self, size):
        return self.binaries["before" if size == "before" else "tessera"]

    def requests(self, name, requests):
        return write_requests(f"{self.work}/{name}.requests", requests)

    def floor(self, case):
        """The floor for a case. Cases with answers of the same shape share one. For those with TLS it is nginx: the floor
        has none."""
        answer, _ = exchange(case.server.port, case.first_request, case.server.tls)
        if case.server.tls:
            return self.floors.get("tls") or self.floors.setdefault("tls", Nginx(
                f"{self.work}/nginx-tls", answer.partition(b"\r\n\r\n")[2].decode(), self.certificate))
        shape = (len(answer), answer.split(b"\r\n")[0])
        if shape not in self.floors:
            file = f"{self.work}/{case.name}.answer"
            with open(file, "wb") as output:
                output.write(answer)
            self.floors[shape] = Floor(self.binaries["floor"], file)
        return self.floors[shape]

    def case(self, name, title, server, requests, **options):
        """A case, once the server is seen to have an answer."""
        answer, status = exchange(server.port, requests[0], server.tls)
        if status == 404:
            raise Skipped("this server has no such endpoint")
        if (status == 200) == options.get("refused", False):
            raise Failure(f"{name}: the server answers {status}")
        case = Case(name, title, server, self.requests(name, requests), **options)
        case.first_request, case.answer_size = requests[0], len(answer)
        return case

    def stop(self):
        """Stops the databases; the servers are stopped by then."""
        if "postgres" in self.stores:
            self.stores["postgres"].stop()

    # --- The cases -------------------------------------------------------------------------------------------------

    def token(self, name, title, path=SEED, size="10", kind="", **environment):
        store, server = self.store(size), self.server(size, kind, **environment)
        request = post(path, token_form(client_id(), store.secret))
        case = self.case(name, title, server, [request], counted=store.count)
        for _ in self.touch(case, 60):
            pass
        return case

    def touch(self, case, seconds):
        """Asks once for each client of a case, so that all are in memory, for at most so many seconds; tells how many
        it has asked for, and how many a second."""
        touched = 0
        while touched < case.counted and seconds > 0:
            stretch = min(5, 1 + case.counted // 20_000)
            result = wrk(case.server.port, case.requests, stretch, case.counted, "sequential", touched)
            touched += result["requests"]
            seconds -= stretch
            yield min(touched, case.counted), result["requests"] / result["seconds"]

    def over_tls(self, name, title, load):
        """A case of tokens over TLS; all are of one server."""
        store = self.store("10")
        if ("10", "tls") not in self.servers:
            self.certificate = Certificate(f"{self.work}/certificate")
            self.servers["10", "tls"] = Tessera(self.binaries["tessera"], store, certificate=self.certificate)
        request = post(SEED, token_form(client_id(), store.secret))
        return self.case(name, title, self.servers["10", "tls"], [request], counted=store.count, load=load)

    def tls_cases(self):
        """By name, what makes them."""
        return {name: lambda name=name, title=title, load=load: self.over_tls(name, title, load) for name, title, load in (
            ("tls", "opaque token over TLS, connections that stay", wrk_over_tls),
            ("tls-new", "opaque token, each over a new TLS 1.3 connection", new_connections),
            ("tls-resumed", "opaque token, each over a resumed TLS 1.3 connection", resumed_connections),
            ("http2", "opaque token, HTTP/2, 100 streams of one connection", streams),
        )}

    def quiet(self):
        return self.token("quiet", "opaque token, contract dialect, without a log", kind="quiet", TESSERA_LOG_LEVEL="error")

    def million(self, seconds):
        """With as many of a million clients in memory as so many seconds allow."""
        store, server = self.store("1m"), self.server("1m")
        request = post(SEED, token_form(client_id(), store.secret))
        case = self.case("token-1m", "", server, [request], counted=store.count)
        # The first stretch also fills what grows once, such as SQLite's caches.
        stretches = [(*stretch, server.resident_bytes()) for stretch in self.touch(case, seconds)]
        (first, _, before), (touched, _, after) = stretches[0], stretches[-1]
        case.cold_rate = median(rate for _, rate, _ in stretches)
        case.bytes_per_client = (after - before) / max(1, touched - first)
        case.counted = touched
        case.title = f"opaque token, contract dialect, 1,000,000 clients, {touched:,} of them used"
        return case

    def jwt(self):
        client = self.store("10").jwt_client
        if client is None:
            raise Skipped("this tessera cannot register a client whose tokens are JWTs")
        form = token_form(client["client_id"], client["client_secret"])
        return self.case("jwt", "ES256 JWT", self.server("10"), [post(SEED, form)])

    def tokens(self):
        store, server = self.store("10"), self.server("10")
        for number in range(store.count):
            request = post(SEED, token_form(client_id(number), store.secret))
            response, _ = exchange(server.port, request)
            yield json.loads(response.partition(b"\r\n\r\n")[2])["accessToken"]

    def introspection(self):
        api = self.store("10").resource_server
        credentials = base64.b64encode(f"{api['client_id']}:{api['client_secret']}".encode()).decode()
        header = f"Authorization: Basic {credentials}\r\n"
        requests = [post("/oauth2/introspect", {"token": token}, header) for token in self.tokens()]
        return self.case("introspection", "introspection", self.server("10"), requests)

    def verify(self):
        requests = [get("/oauth2/verify?scope=item", f"Authorization: Bearer {token}\r\n") for token in self.tokens()]
        return self.case("verify", "verify", self.server("10"), requests)

    def jwks(self):
        return self.case("jwks", "JWKS", self.server("10"), [get("/.well-known/jwks.json")])

    def denied(self):
        """On a server of its own: one that has seen failures looks every client up in the list of them."""
        form = token_form(client_id(), WRONG)
        return self.case("denied", "denied: wrong secret, 900 of 10,000 clients", self.server("10k", "denied"),
                         [post(SEED, form)], counted=REFUSED_CLIENTS, refused=True)

    def restart_denied(self, case):
        """Before each round, because the limit on guessing counts: REFUSED_CLIENTS times 1000 are free."""
        self.servers.pop(("10k", "denied")).stop()
        case.server = self.server("10k", "denied")

    def references(self, case):
        """Other servers that give the answers of a case without thinking."""
        answer, _ = exchange(case.server.port, case.first_request)
        file = f"{self.work}/reference.answer"
        with open(file, "wb") as output:
            output.write(answer)
        return {
            "nginx": ("nginx, static answer", Nginx(f"{self.work}/nginx", answer.partition(b"\r\n\r\n")[2].decode())),
            "pipeline": ("SwiftNIO's own HTTP pipeline, static answer",
                         Floor(self.binaries["floor"], file, way=["pipeline"])),
        }


def timing_requests(store, variants):
    """One of each kind in turn. All have the same length. The last kind is the second again, with other clients: what
    differs between the two is the method's doing."""
    kinds = [(UNKNOWN, store.secret), (USUAL, WRONG), (DISABLED, store.secret), (EXPIRED, store.secret), (USUAL, WRONG)]
    names = ["unknown client", "wrong secret", "disabled client", "expired secret", "wrong secret, other clients"]
    requests = [post(SEED, token_form(client_id(number + (variants if index == 4 else 0), kind), secret))
                for number in range(variants) for index, (kind, secret) in enumerate(kinds)]
    return names, requests
