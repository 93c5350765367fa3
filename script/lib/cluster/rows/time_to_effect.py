"""How long a change that is made on one node takes to count on the others."""

import json
import threading
import time

from cluster import client_id
from processes import Failure, wait_until

NAME = "time-to-effect"
EVENT = "A token is revoked, a client disabled, a secret changed, a key rotated; the other nodes are asked all the time"
ASKED = "p99.9 of 1,000 and more changes counts on all within 1 s"
PROMISE_MS = 1000
REFUSED = (400, 401)


def run(bench):
    counts = (500, 300, 200, 10) if bench.full else (10, 5, 4, 1)
    revocations, disabled, secrets, keys = counts
    with bench.cluster(clients=disabled + secrets + 1) as cluster:
        cluster.start()
        cluster.warm()
        changes = _Changes(cluster)
        samples = {
            "revoking a token": [one for _ in range(revocations) for one in changes.revoke_token(client_id(0))],
            "disabling": [one for number in range(disabled) for one in changes.disable(client_id(1 + number))],
            "changing a secret": [one for number in range(secrets)
                                  for one in changes.change_secret(client_id(1 + disabled + number))],
            "rotating keys": [one for _ in range(keys) for one in changes.rotate_keys()],
        }
        every = [one for each in samples.values() for one in each]
        if _percentile(every, 99.9) >= bench.limit(PROMISE_MS, 60_000):
            raise Failure(f"p99.9 is {_percentile(every, 99.9):.0f} ms; the logs of the nodes are in {cluster.folder}")
    kinds = ", ".join(f"{kind} {_percentile(each, 50):.0f}" for kind, each in samples.items())
    return (f"{sum(counts) + secrets:,} changes: p50 {_percentile(every, 50):.0f} ms, p99.9 {_percentile(every, 99.9):.0f} ms, "
            f"longest {max(every):.0f} ms (p50 of {kinds})")


def _percentile(values, percent):
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


class _Changes:
    """Makes changes one after another, and tells how many milliseconds each took to count on each of the other nodes: from
    the time in its audit record, which is of before the commit, to the first answer that takes it into account."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.here = cluster.nodes[0].caller()
        self.others = [node.caller() for node in cluster.nodes[1:]]
        self.secret_name = cluster.sql(f"SELECT name FROM client_secrets WHERE client_id = '{cluster.template}'")

    def revoke_token(self, client):
        if self.here.token(client, self.cluster.secret) != 200:
            raise Failure(f"node 0 gives no token; see {self.cluster.nodes[0].log}")
        token = self.here.body["access_token"]

        def is_revoked(caller):
            return caller.introspect(token, self.cluster.api) == 200 and not caller.body["active"]

        def revoke():
            if self.here.revoke(token, (client, self.cluster.secret)) != 200:
                raise Failure(f"node 0 does not revoke; see {self.cluster.nodes[0].log}")
        return self._time(is_revoked, revoke, "token.revoked")

    def disable(self, client):
        return self._time(lambda caller: caller.token(client, self.cluster.secret) in REFUSED,
                          lambda: self.cluster.tessera("client", "disable", client, "--yes"), "client.disabled", client)

    def change_secret(self, client):
        new = []

        def add():
            told = self.cluster.tessera("client", "secret", "add", client, "--format", "json")
            new.append(json.loads(told)["client_secret"])
        added = self._time(lambda caller: new and caller.token(client, new[0]) == 200, add, "client.secret.added", client)
        revoked = self._time(
            lambda caller: caller.token(client, self.cluster.secret) in REFUSED,
            lambda: self.cluster.tessera("client", "secret", "revoke", client, self.secret_name, "--yes"),
            "client.secret.revoked", client)
        return added + revoked

    def rotate_keys(self):
        # While keys wait for their time, no others are made.
        wait_until(lambda: int(self.cluster.sql("SELECT max(activates_at) FROM keys")) < time.time() * 1000, 60,
                   "new keys do not take over")

        def published(caller):
            return caller.get("/.well-known/jwks.json") == 200 and len(caller.body["keys"])
        known = published(self.others[0])
        return self._time(lambda caller: published(caller) > known,
                          lambda: self.cluster.tessera("key", "rotate", "--now", "--yes"), "key.%")

    def _time(self, counts_for, change, action, subject="%"):
        seen = [None] * len(self.others)

        def watch(number, caller):
            # A node may answer 503 now and then; what counts is when it says what it should.
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                if counts_for(caller):
                    seen[number] = time.time() * 1000
                    return
                time.sleep(0.002)

        watchers = [threading.Thread(target=watch, args=each) for each in enumerate(self.others)]
        for watcher in watchers:
            watcher.start()
        change()
        for watcher in watchers:
            watcher.join()
        if None in seen:
            raise Failure(f"{action.rstrip('.%')} of {subject} did not count on {self.cluster.nodes[1 + seen.index(None)].name} "
                          f"within two minutes; see {self.cluster.nodes[1 + seen.index(None)].log}")
        made = int(self.cluster.sql(f"SELECT max(time) FROM audit WHERE action LIKE '{action}' AND subject LIKE '{subject}'"))
        return [each - made for each in seen]
