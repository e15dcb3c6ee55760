"""`reports_accepted`: reports that the public form acknowledges a second, beside a view with one bare INSERT.

Both are served as `maillon serve` serves, with as many processes and threads, on the same durable database, to 50
reporters who keep their connections, as a proxy in front of the site does. Rounds alternate. Each report has a form
token and a source of its own, so that no pace is exceeded; each acknowledged receipt is looked for in the database.
"""

import json
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.figure import Measured
from bench.home import Home
from maillon.settings import Address

ROUNDS = {"full": 7, "small": 1}
SIZES = {"full": 4000, "small": 60}
REPORTERS = 50
REMARK = "A neutral sentence of about eighty characters, as a reporter might add to a report."
STORED = "SELECT count(*) FROM intake_report WHERE receipt = ANY(%s)"
DUE = "SELECT count(*) FROM outbox_delivery"
TABLE = """
CREATE TABLE bench_report (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
GRANT INSERT ON bench_report TO PUBLIC
"""
ANSWER = "stored"
"""What the peer says."""
Post = dict[str, str]


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    from bench.serving import served

    durable = make(home)
    environ = {**home.environ, "MAILLON_PROXIES": "127.0.0.0/8"}
    rounds, count = ROUNDS[size], SIZES[size]
    bare = [{"path": "/insert/", "body": post["body"], "token": ANSWER} for post in forms(count)]
    with served(environ) as site, served(environ, "bench.bare:application") as peer, reporters(home) as crowd:
        for address, sent in ((site, forms(count // 4)), (peer, bare[: count // 4])):  # once to warm up
            crowd.send(address, sent)
        ours, theirs, beside = [], [], []
        for _ in range(rounds):
            ours.append(accepted(home, crowd, site, forms(count)))
            theirs.append(crowd.send(peer, bare))
            with worker(home, environ):
                beside.append(accepted(home, crowd, site, forms(count)))
    yield Measured(
        figure="reports_accepted",
        value=statistics.median(t["seconds"] / o["seconds"] for o, t in zip(ours, theirs, strict=True)),
        peer={
            "what": "a Django view without middleware: INSERT of the body, autocommit",
            "value": round(statistics.median(count / t["seconds"] for t in theirs)),
            "unit": "requests/s",
        },
        settings={
            "reports_per_second": round(statistics.median(count / o["seconds"] for o in ours)),
            "with_a_worker": round(
                statistics.median(t["seconds"] / b["seconds"] for b, t in zip(beside, theirs, strict=True)), 3
            ),
            "reports": count,
            "rounds": rounds,
            "of_rounds": "median of the ratios",
            "reporters": REPORTERS,
            "server": "granian, as maillon serve starts it; no worker beside it, but for with_a_worker",
            "durable": durable,
            "acknowledged_and_stored": sum(len(o["acknowledged"]) for o in ours + beside),
            "load_generator": round(statistics.median(o["processor"] / o["seconds"] for o in ours), 2),
        },
    )


def make(home: Home) -> dict[str, str]:
    """Make the peer's table; what the server is set to, for the program's role."""
    with home.owner() as connection:
        for statement in TABLE.split(";"):
            connection.execute(statement)
    with home.program() as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        return {name: str((connection.execute(f"SHOW {name}").fetchone() or [""])[0]) for name in names}


def forms(count: int) -> list[Post]:
    """Filled forms as they are sent at last, each with a new token, and the receipt that acknowledges it."""
    import secrets

    from maillon.hotline.intake.receipts import new_receipt
    from maillon.web.reporter.keys import KEYS
    from maillon.web.reporter.tokens import new_token

    made = []
    for number in range(count):
        token = new_token(secrets.token_bytes, time.time())
        address = f"https://n{number % 400}.bench.test/{number:06d}/page?view={number}"
        fields = {"form": token.text, "reviewed": "1", "locations": address, "remark": REMARK}
        language = ("fr", "nl", "de", "en")[number % 4]
        receipt = new_receipt(KEYS.making, token.form)
        made.append({"path": f"/report/{language}/send/", "body": urlencode(fields), "token": receipt})
    return made


class Crowd:
    """The process of the reporters."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.file = process, folder / "posts.jsonl"

    def send(self, address: Address, posts: Sequence[Post]) -> dict[str, Any]:
        """What came of the posts; raises SystemExit unless all were acknowledged."""
        self.file.write_text("".join(f"{json.dumps(post)}\n" for post in posts), encoding="utf-8")
        job = {"host": address.host, "port": address.port, "reporters": REPORTERS, "file": str(self.file)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(job)}\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        if told["refused"] or sorted(told["acknowledged"]) != list(range(len(posts))):
            raise SystemExit(f"of {len(posts)} posts {len(told['acknowledged'])} were taken; others: {told['refused']}")
        return told


@contextmanager
def reporters(home: Home) -> Iterator[Crowd]:
    process = home.start("bench.reporters")
    try:
        yield Crowd(process, home.folder)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def worker(home: Home, environ: dict[str, str]) -> Iterator[None]:
    """A worker for the length of the block, already at its work when it begins: reports wait to be filed."""
    with (
        subprocess.Popen(home.command("worker"), env=environ, stdin=subprocess.DEVNULL) as process,
        home.owner() as connection,
    ):
        try:
            waiting = due = int(str((connection.execute(DUE).fetchone() or [0])[0]))
            while due >= waiting > 0:
                time.sleep(0.05)
                due = int(str((connection.execute(DUE).fetchone() or [0])[0]))
            yield
        finally:
            process.terminate()


def accepted(home: Home, crowd: Crowd, site: Address, posts: Sequence[Post]) -> dict[str, Any]:
    """What came of the posts; raises SystemExit unless each one acknowledged is stored, exactly once."""
    from maillon.hotline.intake.receipts import hash_receipt
    from maillon.web.reporter.keys import KEYS

    told = crowd.send(site, posts)
    hashes = [hash_receipt(KEYS.storing, post["token"]) for post in posts]
    with home.owner() as connection:
        found = connection.execute(STORED, [hashes]).fetchone()
    if found != (len(posts),):
        raise SystemExit(f"{len(posts)} reports were acknowledged and {found} of them are stored")
    return told
