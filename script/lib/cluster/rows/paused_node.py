"""A node is paused for longer than it may answer from memory, and goes on."""

import time

from cluster import client_id
from processes import Failure, wait_until

NAME = "paused-node"
EVENT = "A node is paused (SIGSTOP) for longer than `directory.max-staleness`, while a token is revoked and a client disabled"
ASKED = "it never gives a stale answer: the right one or 503"
STALENESS = 1


def run(bench):
    times, waiting, right = 100 if bench.full else 3, 0, 0
    with bench.cluster(clients=2 * times + 1) as cluster:
        cluster.start(TESSERA_DIRECTORY_MAX_STALENESS=str(STALENESS))
        for number in range(times):
            unavailable, correct = _once(cluster, *cluster.nodes[1:], client_id(2 * number), client_id(2 * number + 1))
            waiting, right = waiting + unavailable, right + correct
    return f"{times} times, {waiting + right:,} answers after it went on: {waiting:,} were 503, {right:,} right, none stale"


def _once(cluster, other, paused, revoked, disabled):
    token, other_token = _token(cluster, other, revoked), _token(cluster, other, disabled)
    # Whoever answers from memory has to know them.
    for client in (revoked, disabled):
        wait_until(lambda: paused.caller().token(client, cluster.secret) == 200, 60, f"{paused.name} does not answer")
    paused.pause()
    began = time.monotonic()
    wait_until(lambda: other.caller().revoke(token, (revoked, cluster.secret)) == 200, 60, f"{other.name} does not revoke")
    cluster.tessera("client", "disable", disabled, "--yes")
    time.sleep(max(0, STALENESS + 0.2 - (time.monotonic() - began)))

    # These wait for it, so that nothing is asked later than at the first moment.
    questions = [_Question(paused, f"whether {name} is active", "/oauth2/introspect", {"token": each}, cluster.api)
                 for name, each in (("a revoked token", token), ("a disabled client's token", other_token)) * 8]
    questions += [_Question(paused, "for a token of a disabled client", "/oauth2/token", {
        "grant_type": "client_credentials", "scope": "item", "client_id": disabled, "client_secret": cluster.secret},
        None) for _ in range(8)]
    for question in questions:
        question.ask()
    paused.resume()
    statuses = [question.answer() for question in questions]
    # And until it has caught up.
    while statuses[-1] == 503:
        questions[0].ask()
        statuses.append(questions[0].answer())
        time.sleep(0.005)
    return statuses.count(503), len(statuses) - statuses.count(503)


def _token(cluster, node, client):
    caller = node.caller()
    wait_until(lambda: caller.token(client, cluster.secret) == 200, 60, f"{node.name} gives no token (see {node.log})")
    return caller.body["access_token"]


class _Question:
    def __init__(self, node, what, path, form, credentials):
        self.node, self.what, self.caller = node, what, node.caller()
        self.arguments = (path, form, credentials)

    def ask(self):
        self.caller.send_form(*self.arguments)

    def answer(self):
        status = self.caller.receive()
        stale = self.caller.body.get("active", "access_token" in self.caller.body)
        if stale or status not in (200, 400, 401, 503):
            raise Failure(f"{self.node.name} answers {status} when asked {self.what}, after a pause; see {self.node.log}")
        return status
