"""`claims`: 50 people, each a process of their own, claim from a queue of 10,000 cases until nothing is left.

Counted are the cases that were given twice and those that were given to nobody. Some of the people are killed on the
way. Then every claim has run out and all claim again, what the killed held included. The events in the database are
what counts; what each person was told must agree with them.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import NamedTuple
from uuid import UUID

from bench.figure import Measured
from bench.home import Home
from bench.seeding import fill

SIZES = {"full": 10_000, "small": 200}
PEOPLE = {"full": 50, "small": 8}
SENIOR = 5  # every fifth person may decide disputes
KILLED = 4  # people, in the first round
AT = datetime(2025, 1, 6, 10, tzinfo=UTC)
FORK = multiprocessing.get_context("fork")

GIVEN = """
SELECT convert_from(b.body, 'UTF8')::json ->> 'case', e.actor
FROM outbox_event e JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
WHERE e.kind = 'case_claimed' AND e.recorded_at = %s
"""


class Round(NamedTuple):
    """What came of one round: seconds, how many claims, cases given twice, cases given to nobody, people killed."""

    seconds: float
    claims: int
    twice: int
    lost: int
    killed: int


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    fill(home, reports=SIZES[size] * 15, queue_at=AT)  # a tenth of the items are open, and some more than are wanted
    cases = queue_of(home, SIZES[size])
    names = [f"claimer-{n}" for n in range(PEOPLE[size])]
    enlist(names)
    first = claim_all(home, cases, names, AT, kill=KILLED)
    again = claim_all(home, cases, names, AT + timedelta(days=1), kill=0)
    yield Measured(
        figure="claims",
        value=first.twice + first.lost + again.twice + again.lost,
        peer=None,
        settings={
            "cases": len(cases),
            "people": len(names),
            "claims": first.claims + again.claims,
            "killed": first.killed,
            "twice": first.twice + again.twice,
            "lost": first.lost + again.lost,
            "claims_per_second": round((first.claims + again.claims) / (first.seconds + again.seconds)),
        },
    )


def queue_of(home: Home, size: int) -> set[str]:
    """The cases of a queue cut to `size`."""
    with home.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "DELETE FROM analysis_case WHERE id IN "
            "(SELECT id FROM analysis_case WHERE state <> 'settled' ORDER BY id OFFSET %s)",
            [size],
        )
        found = {str(row[0]) for row in connection.execute("SELECT id FROM analysis_case WHERE state <> 'settled'")}
    if len(found) != size:
        raise SystemExit(f"the queue has {len(found)} cases, {size} were wanted")
    return found


def enlist(names: Sequence[str]) -> None:
    """Make their accounts. No connection is left open, for a fork would share it."""
    from django.db import connections

    from maillon.access.queries import find_actor
    from maillon.access.services import add_person

    operator = find_actor(house="hotline", name="operator")
    for number, name in enumerate(names):
        role = "analyst" if number % SENIOR else "senior_analyst"
        add_person(name=name, organisation="child-focus", roles=[role], by=operator, at=AT)
    connections.close_all()


def claim_all(home: Home, cases: set[str], names: Sequence[str], at: datetime, *, kill: int) -> Round:
    """Everybody claims until nothing is left; `kill` of them are killed once a quarter of the cases is given."""
    go = FORK.Event()
    pipes = {name: FORK.Pipe(duplex=False) for name in names}
    people = {name: FORK.Process(target=claim, args=(name, at, go, pipes[name][1])) for name in names}
    for person in people.values():
        person.start()
    begun = time.perf_counter()
    go.set()
    if kill:
        while len(given(home, at)) < len(cases) // 4:
            time.sleep(0.01)
        for person in list(people.values())[1 : 1 + kill]:
            person.kill()
    for person in people.values():
        person.join()
    seconds = time.perf_counter() - begun
    found = given(home, at)
    told = {(str(case), name) for name, (ours, theirs) in pipes.items() for case in heard(ours, theirs)}
    silent = set(found) - told
    if told - set(found) or len(silent) > kill:
        raise SystemExit(f"{len(told - set(found))} claims were told and never recorded, {len(silent)} never told")
    once = {case for case, _name in found}
    killed = sum(person.exitcode == -signal.SIGKILL for person in people.values())
    return Round(seconds, len(found), twice=len(found) - len(once), lost=len(cases - once), killed=killed)


def claim(name: str, at: datetime, go: Event, told: Connection) -> None:
    """One person: claims until there is nothing more, and tells each case."""
    from maillon.access.queries import find_actor
    from maillon.hotline.analysis.claiming import claim_next
    from maillon.hotline.analysis.filters import Wanted

    by = find_actor(house="hotline", name=name)
    go.wait()
    while (found := claim_next(wanted=Wanted(), by=by, at=at)) is not None:
        os.write(told.fileno(), found.case.bytes)


def heard(ours: Connection, theirs: Connection) -> list[UUID]:
    """What a person told."""
    theirs.close()
    text = b""
    with suppress(EOFError, OSError):
        while more := os.read(ours.fileno(), 1 << 16):
            text += more
    ours.close()
    return [UUID(bytes=text[n : n + 16]) for n in range(0, len(text), 16)]


def given(home: Home, at: datetime) -> list[tuple[str, str]]:
    """Every claim recorded at `at`: case, person."""
    with home.owner() as connection:
        return [(str(case), str(actor)) for case, actor in connection.execute(GIVEN, [at])]
