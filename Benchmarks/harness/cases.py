"""What is measured: each case is a server, its requests, and the floor that answers the same requests with the same
bytes."""

import base64
import json
from statistics import median

from load import (Once, connections_showing, exchange, get, new_connections, post, resumed_connections, streams,
                  token_form, wrk, wrk_over_tls, wrk_showing, write_requests)
from proofs import ASSERTION_TYPE, Key, assertions, dpop_proofs
from servers import Certificate, Failure, Floor, Nginx, Tessera
from stores import (BY_CERTIFICATE, BY_ES256, BY_RS256, DISABLED, EXPIRED, UNKNOWN, USUAL, PostgresStore, Store,
                    client_id)

SEED, RFC = "/oauth/token", "/oauth2/token"
WRONG = "WRONGWRONGWRONGWRONGWRONGWRONG22"
# Refused clients in turn. Of more than a thousand at one address the limit on guessing counts all as one.
REFUSED_CLIENTS = 900
SIZES = {"10": 10, "before": 10, "postgres": 10, "proofs": 10, "10k": 10_000, "1m": 1_000_000}
# Requests a second that are made where each is good for one time: for a case whose rate is not known yet, and at least, since
# on a disturbed machine no round is like the one before.
FIRST_RATE, LEAST_RATE = 12_000, 3_000


class Skipped(Exception):
    pass


class Case:
    def __init__(self, name, title, server, requests, counted=None, refused=False, load=wrk, mint=None):
        self.name, self.title, self.server = name, title, server
        self.requests, self.refused = requests, refused
        # For wrk/cycle.lua: how many clients take turns; None when the requests are ready-made.
        self.counted, self.load = counted, load
        # Who asks the floor, which does not mind what it is asked.
        self.floor_load = load
        # Makes so many requests, where each is good for one time.
        self.mint = mint
        self.rounds, self.floor_rounds = [], []

    @property
    def arguments(self):
        return (self.counted, "scattered") if self.counted else ()

    @property
    def is_limited_elsewhere(self):
        """Whether the clients or the disk may be slower than the server."""
        return bool(self.mint) or getattr(self.load, "func", self.load) in (new_connections, resumed_connections)


class Workbench:
    """Makes stores and servers when a case first needs them, and keeps them: they cost nothing while idle."""

    def __init__(self, work, binaries, say):
        self.work, self.binaries, self.say = work, binaries, say
        self.stores, self.servers, self.floors = {}, {}, {}
        self.certificate, self.shown = None, None

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
        answer, _ = exchange(case.server.port, case.first_request, case.server.tls, case.server.shown)
        if case.server.tls:
            kind = "mtls" if case.server.shown else "tls"
            return self.floors.get(kind) or self.floors.setdefault(kind, Nginx(
                f"{self.work}/nginx-{kind}", answer.partition(b"\r\n\r\n")[2].decode(), self.certificate,
                asks=case.server.shown is not None))
        shape = (len(answer), answer.split(b"\r\n")[0])
        if shape not in self.floors:
            file = f"{self.work}/{case.name}.answer"
            with open(file, "wb") as output:
                output.write(answer)
            self.floors[shape] = Floor(self.binaries["floor"], file)
        return self.floors[shape]

    def case(self, name, title, server, requests, **options):
        """A case, once the server is seen to have an answer."""
        answer, status = exchange(server.port, requests[0], server.tls, server.shown)
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
            self.servers["10", "tls"] = Tessera(self.binaries["tessera"], store, certificate=self.own_certificate())
        request = post(SEED, token_form(client_id(), store.secret))
        return self.case(name, title, self.servers["10", "tls"], [request], counted=store.count, load=load)

    def own_certificate(self):
        """That of all servers."""
        self.certificate = self.certificate or Certificate(f"{self.work}/certificate")
        return self.certificate

    def tls_cases(self):
        """By name, what makes them."""
        return {name: lambda name=name, title=title, load=load: self.over_tls(name, title, load) for name, title, load in (
            ("tls", "opaque token over TLS, connections that stay", wrk_over_tls),
            ("tls-new", "opaque token, each over a new TLS 1.3 connection", new_connections),
            ("tls-resumed", "opaque token, each over a resumed TLS 1.3 connection", resumed_connections),
            ("http2", "opaque token, HTTP/2, 100 streams of one connection", streams),
        )}

    def private_key_jwt(self, algorithm):
        """An assertion for each token. The times and the claim in the store are in it, the fetching of keys is not."""
        name, kind = f"assertion-{algorithm.lower()}", {"ES256": BY_ES256, "RS256": BY_RS256}[algorithm]
        store, server, key = self.store("proofs"), self.server("proofs"), Key(algorithm)
        clients = store.register(kind, "--jwks", key.write_public(f"{self.work}/{name}.pem"))
        audience = metadata(server)["issuer"]

        def mint(count):
            form = {"grant_type": "client_credentials", "scope": "item", "client_assertion_type": ASSERTION_TYPE}
            return [post(RFC, {**form, "client_assertion": assertion})
                    for assertion in assertions(key, clients, audience, count)]
        return self.case(name, f"opaque token, private_key_jwt by {algorithm}", server, mint(1), mint=mint)

    def dpop(self):
        """A secret and a proof for each token."""
        store, server, key = self.store("proofs"), self.server("proofs"), Key("ES256")
        url = metadata(server)["token_endpoint"]

        def mint(count):
            forms = [token_form(client_id(number), store.secret) for number in range(store.count)]
            return [post(RFC, forms[number % len(forms)], f"DPoP: {proof}\r\n")
                    for number, proof in enumerate(dpop_proofs(key, url, count))]
        return self.case("dpop", "opaque token, a secret and a DPoP proof by ES256", server, mint(1), mint=mint)

    def renew(self, case, seconds):
        """Makes the requests of a round of so many seconds: twice as many as were ever answered."""
        rate = max(LEAST_RATE, *(2 * each["rate"] for each in case.rounds)) if case.rounds else FIRST_RATE
        requests = case.mint(int(rate * seconds))
        case.first_request = requests.pop()
        case.requests, case.load = self.requests(case.name, requests), Once()
        case.commits_before = self.store("proofs").commits()

    def claims_together(self, case):
        """How many claims the server has committed together in this round, on average."""
        commits = (self.store("proofs").commits() - case.commits_before) % 2**32
        if not commits:
            raise Failure("the server has committed nothing")
        return max(1, round(case.load.answered / commits))

    def mutual_tls(self, name, title, load):
        """A case of tokens for who shows a certificate, registered for seven clients; all are of one server."""
        store = self.store("proofs")
        if ("proofs", "mtls") not in self.servers:
            self.shown = Certificate(f"{self.work}/client-certificate")
            store.register(BY_CERTIFICATE, "--certificate", self.shown.chain)
            server = Tessera(self.binaries["tessera"], store, {"TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true"},
                             certificate=self.own_certificate())
            server.shown = self.shown
            self.servers["proofs", "mtls"] = server
        form = {"grant_type": "client_credentials", "client_id": client_id(kind=BY_CERTIFICATE), "scope": "item"}
        return self.case(name, title, self.servers["proofs", "mtls"], [post(RFC, form)], counted=store.count,
                         load=load(self.shown))

    def proof_cases(self):
        """By name, what makes them."""
        return {
            "assertion-es256": lambda: self.private_key_jwt("ES256"),
            "assertion-rs256": lambda: self.private_key_jwt("RS256"),
            "dpop": self.dpop,
            "mtls": lambda: self.mutual_tls(
                "mtls", "opaque token, mutual TLS, connections that stay",
                lambda shown: wrk_showing(shown, self.binaries["client-certificate"])),
            "mtls-new": lambda: self.mutual_tls(
                "mtls-new", "opaque token, each over a new connection of mutual TLS 1.3", connections_showing),
        }

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


def metadata(server):
    answer, _ = exchange(server.port, get("/.well-known/oauth-authorization-server"))
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def timing_requests(store, variants):
    """One of each kind in turn. All have the same length. The last kind is the second again, with other clients: what
    differs between the two is the method's doing."""
    kinds = [(UNKNOWN, store.secret), (USUAL, WRONG), (DISABLED, store.secret), (EXPIRED, store.secret), (USUAL, WRONG)]
    names = ["unknown client", "wrong secret", "disabled client", "expired secret", "wrong secret, other clients"]
    requests = [post(SEED, token_form(client_id(number + (variants if index == 4 else 0), kind), secret))
                for number in range(variants) for index, (kind, secret) in enumerate(kinds)]
    return names, requests
