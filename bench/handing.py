"""`handovers`: deliveries of `reported` handed to their verbs by two dispatchers, beside two processes that only claim.

The peer claims as many rows with UPDATE … SKIP LOCKED, one row a transaction. Both are durable.
"""

import subprocess
import time
from collections.abc import Iterator, Sequence

from bench.figure import Measured
from bench.home import Home

SIZES = {"full": 10_000, "small": 50}
PROCESSES = 2

CLAIMS = """
CREATE TABLE bench_claim (id bigint PRIMARY KEY, state text NOT NULL, due_at timestamptz NOT NULL);
INSERT INTO bench_claim SELECT n, 'due', now() FROM generate_series(1, {rows}) AS n;
CREATE INDEX ON bench_claim (id) WHERE state = 'due';
GRANT SELECT, UPDATE ON bench_claim TO PUBLIC;
"""


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    from bench.reports import receive

    reports = SIZES[size]
    receive(reports)
    with home.owner() as connection:
        found = connection.execute("SELECT count(*) FROM outbox_delivery WHERE state = 'due'").fetchone()
        assert found is not None
        deliveries = int(str(found[0]))
        for statement in CLAIMS.format(rows=deliveries).split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute("VACUUM ANALYZE")
    ours = together(home, "bench.dispatcher")
    peer = together(home, "bench.claimer")
    with home.owner() as connection:
        for table in ("outbox_delivery", "bench_claim"):
            left = connection.execute(f"SELECT count(*) FROM {table} WHERE state <> 'done'").fetchone()
            if left != (0,):
                raise SystemExit(f"{left} rows of {table} are not done")
    yield Measured(
        figure="handovers",
        value=peer / ours,
        peer={
            "what": "UPDATE … SKIP LOCKED of one row a transaction, two connections",
            "value": round(deliveries / peer),
            "unit": "claims/s",
        },
        settings={
            "deliveries": deliveries,
            "handovers_per_second": round(deliveries / ours),
            "dispatchers": PROCESSES,
            "handlers": "every one of the kind reported",
        },
    )


def together(home: Home, module: str) -> float:
    """Seconds from the word go until both processes found nothing more to do."""
    processes = [home.start(module) for _ in range(PROCESSES)]
    try:
        hear(processes)
        begun = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        hear(processes)
        return time.perf_counter() - begun
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def hear(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Wait for the next word of each."""
    for process in processes:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit(f"{process.args} ended early")
