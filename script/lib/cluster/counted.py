"""What the database was asked, by pg_stat_statements."""

_OF_THE_DATABASE = "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '{}'"


def calls(cluster):
    """How often each statement was made."""
    columns = "s.queryid || ' ' || s.calls || ' ' || regexp_replace(left(query, 80), '\\s+', ' ', 'g')"
    counts = {}
    for line in cluster.server.sql(f"SELECT {columns} {_OF_THE_DATABASE.format(cluster.database)}").splitlines():
        number, count, text = line.split(" ", 2)
        counts[f"{text} ({number})"] = int(count)
    return counts


def since(cluster, before):
    """How often each statement was made since `calls` told `before`; only those that were."""
    made = {query: count - before.get(query, 0) for query, count in calls(cluster).items()}
    return {query: count for query, count in made.items() if count}
