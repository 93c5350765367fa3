"""What nodes ask of their database, by arithmetic. docs/scaling.md has these in words; simulation.py checks them."""

from dataclasses import dataclass
from math import ceil, exp


@dataclass(frozen=True)
class Deployment:
    """What is asked of all nodes together. Requests come from clients at random, as do changes of clients."""
    clients: int
    tokens_per_second: float
    nodes: int
    changes_per_second: float = 0
    # Of the replica: how long it waits for word of a change before it asks by itself.
    poll_seconds: float = 0.25
    # How long one statement takes, to the database and back.
    statement_seconds: float = 0.001
    # Of the store: how many statements of a node are under way at once, and how many clients a use is told of at once.
    readers: int = 4
    uses_at_once: int = 1000

    @property
    def of_a_node(self):
        """Tokens a second of each node."""
        return self.tokens_per_second / self.nodes

    @property
    def of_a_client(self):
        """Tokens a second of each client at each node."""
        return self.of_a_node / self.clients


def misses_after_start(deployment, seconds):
    """How many clients a node has read that long after it began knowing none, as far as it can read them so fast."""
    return deployment.clients * (1 - exp(-deployment.of_a_client * seconds))


def seconds_of_cold_start(deployment):
    """How long a node that begins knowing none is busy reading all."""
    return deployment.clients * deployment.statement_seconds / deployment.readers


def misses_by_changes(deployment):
    """How many clients a second a node reads again, because they were changed and then ask."""
    changes = deployment.changes_per_second / deployment.clients
    return deployment.clients * deployment.of_a_client * changes / (deployment.of_a_client + changes) if changes else 0


def feed_statements(deployment):
    """How many statements a second a node makes to hear of changes: a look at the feed when it is told of one, and in any
    case when it has waited; and one more for what a change was."""
    rate, poll, each = deployment.changes_per_second, deployment.poll_seconds, deployment.statement_seconds
    if not rate:
        return 1 / (poll + each)
    # What comes while it looks is found by the next look at once.
    is_told = 1 - exp(-rate * (poll + 2 * each))
    waits = exp(-rate * 2 * each) * (1 - exp(-rate * poll)) / rate
    return (1 + is_told) / (waits + each * (1 + is_told))


def use_statements_an_hour(deployment):
    """How many statements an hour all nodes make to tell which clients were used.

    A node notes a client once an hour, and tells of those that it has noted when a minute is over and they are many
    enough to be told of at once, or when a quarter of an hour is."""
    noted_a_minute = deployment.clients / (60 + 1 / (60 * deployment.of_a_client))
    minutes = min(15, ceil(deployment.uses_at_once / noted_a_minute))
    return deployment.nodes * 60 / minutes * ceil(noted_a_minute * minutes / deployment.uses_at_once)


def statements_per_second(deployment):
    """All of the above for all nodes, long after their start."""
    each = misses_by_changes(deployment) + feed_statements(deployment)
    return deployment.nodes * each + use_statements_an_hour(deployment) / 3600
