"""What counts once, sent to all nodes at once: assertions of a client, and DPoP proofs."""

import contextlib
import json
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from processes import Failure
from workbench import Watch

NAME = "replay"
EVENT = ("An assertion of a client with a key is sent to three nodes at once, four times to each; then a DPoP proof; "
         "again and again")
ASKED = "each is good for one token, and whatever else it is sent for is refused"
PATH = "/oauth2/token"
# So many are sent to each node at once, and so many are under way at any time.
TIMES = 4
CALLERS = 2
# How often an overloaded node is asked again.
PATIENCE = 60


def run(bench):
    # Only now: the arguments are read before what this needs is installed.
    from signing import SigningKey

    key = SigningKey()
    count = 8_334 if bench.full else 200
    with bench.cluster(clients=0) as cluster:
        cluster.start()
        client = cluster.register_key(key.jwk)

        def assertion():
            return _Request(
                client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                client_assertion=key.assertion(client, cluster.issuer),
            )

        def proof():
            return _Request({"DPoP": key.proof(cluster.issuer + PATH)}, client_id=cluster.template,
                            client_secret=cluster.secret)

        assertions = _replay(cluster, count, assertion, (400, "invalid_client"))
        proofs = _replay(cluster, count, proof, (400, "invalid_dpop_proof"))
    return f"{count:,} assertions {assertions}; {count:,} proofs {proofs}"


class _Request:
    """A request for a token, which can be sent any number of times."""

    def __init__(self, headers=None, **form):
        self.headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        self.body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "item", **form})

    def send(self, caller):
        caller.send("POST", PATH, self.body, self.headers)


def _replay(cluster, count, new_request, refusal):
    """What came of so many new requests, each of which was sent to every node several times; the refusal is what all
    answers are but one."""
    watch = Watch()
    with ThreadPoolExecutor(CALLERS) as pool:
        shares = [count // CALLERS + (number < count % CALLERS) for number in range(CALLERS)]
        again = sum(pool.map(lambda share: _replay_some(cluster, share, new_request, refusal), shares))
    sent = count * TIMES * len(cluster.nodes)
    return (f"were sent {sent:,} times, {sent / watch.seconds:,.0f} a second: one token for each, {sent - count:,} refused, "
            f"{again:,} told to ask again")


def _replay_some(cluster, count, new_request, refusal):
    """How often an answer was to ask again."""
    again = 0
    with contextlib.ExitStack() as stack:
        callers = [stack.enter_context(contextlib.closing(node.caller())) for _ in range(TIMES) for node in cluster.nodes]
        for _ in range(count):
            # Each node is asked first as often as the others.
            callers.append(callers.pop(0))
            request = new_request()
            for caller in callers:
                request.send(caller)
            tokens = 0
            for caller in callers:
                answer, waits = _answer(caller, request)
                again += waits
                if answer == (200, None):
                    tokens += 1
                elif answer != refusal:
                    raise Failure(f"the answer is {answer[0]} {json.dumps(caller.body)}; the logs are in {cluster.folder}")
            if tokens != 1:
                raise Failure(f"{tokens} tokens for what counts once; the logs are in {cluster.folder}")
    return again


def _answer(caller, request):
    """Status and error of the answer to what was sent, and how often it was to ask again."""
    for waits in range(PATIENCE):
        status = caller.receive()
        if status != 503 or caller.retry_after is None:
            return (status, caller.body.get("error")), waits
        time.sleep(caller.retry_after)
        request.send(caller)
    raise Failure(f"a node is overloaded after {PATIENCE} attempts")
