"""The rows of the table, one in a file, in the order in which they are tried out."""

from rows import (arithmetic, claim_race, database, failover, far_node, killed_node, million_clients, network_cut, nodes,
                  paused_node, replay, rolling_restart, statements, time_to_effect, two_versions)

ALL = [killed_node, failover, time_to_effect, paused_node, network_cut, rolling_restart, two_versions, claim_race,
       replay, statements, million_clients, nodes, database, far_node, arithmetic]
