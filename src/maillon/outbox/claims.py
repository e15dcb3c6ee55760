"""Claims on network work, as SQL: a claim is lost with the database connection that made it (pid and start)."""

TAKE = (
    "claimed_by = pg_backend_pid(), "
    "claimed_since = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())"
)
RELEASE = "claimed_until = NULL, claimed_by = NULL, claimed_since = NULL"


def lost(row: str) -> str:
    """The condition that the connection which claimed `row` (an alias) is gone."""
    return (
        f"NOT EXISTS (SELECT 1 FROM pg_stat_activity a "
        f"WHERE a.pid = {row}.claimed_by AND a.backend_start = {row}.claimed_since)"
    )
