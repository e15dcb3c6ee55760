"""After the purge not one byte of what expired is left, in vault or dump; what is held or not yet due stays."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest
from django.conf import settings

from maillon.evidence.bucket import BucketStore
from maillon.evidence.errors import Gone
from maillon.evidence.folder import FolderStore
from maillon.evidence.holding import hold_evidence, holds_to_review, release_evidence
from maillon.evidence.purging import purge
from maillon.evidence.queries import purges
from maillon.evidence.services import open_object
from maillon.evidence.settling import follow
from maillon.kernel import crash
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.ops import backup
from maillon.outbox.acting import acting
from maillon.outbox.registry import Handed
from tests import server
from tests.factories.chain import events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.vaults import CLOCK, AVault, a_vault
from tests.factories.world import World

Place = tuple[Any, Callable[[], bytes]]
MONTH = timedelta(days=31)


class Forgetting:
    """Stands at the door of the room that knows the captures: notes what it is told to forget."""

    def __init__(self) -> None:
        self.told: list[tuple[set[UUID], set[UUID]]] = []

    def __call__(self, *, object_ids: Sequence[UUID], without_hashes: Sequence[UUID], at: object) -> None:
        self.told.append((set(object_ids), set(without_hashes)))


def settled(world: World, item: UUID, outcome: str) -> None:
    with acting(CLOCK):
        handed = [Handed("hotline", 1, uuid4(), "settled", 1, item, world.now, {"outcome": outcome})]
        follow(handed=handed, by=CLOCK, clock=world.clock)


def purged(world: World, kept: AVault, forget: Forgetting | None = None) -> int:
    return purge(vault=kept.vault, forget=forget or Forgetting(), by=CLOCK, clock=world.clock)


def dump(folder: Path) -> bytes:
    """All that a backup holds of the database, as PostgreSQL writes it and as text."""
    url = settings.MAILLON.owner_url
    assert url is not None
    whole = folder / f"dump-{next(count(1))}"
    with whole.open("wb") as file:
        place = backup.at(url, server.database())
        backup.program(settings.MAILLON, "pg_dump", place, "--no-password", output=file.fileno())
    return whole.read_bytes()


@pytest.fixture(params=["folder", "bucket", "versioned"])
def place(request: pytest.FixtureRequest, tmp_path: Path, s3: str, a_bucket: Callable[..., BucketStore]) -> Place:
    """A store, and a way to read every byte that it holds, names among them."""
    if request.param == "folder":
        root = tmp_path / "vault"
        return FolderStore(root), lambda: b"".join(
            str(p).encode() + (p.read_bytes() if p.is_file() else b"") for p in root.rglob("*")
        )
    store = a_bucket(versioned=request.param == "versioned")
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")

    def everything() -> bytes:
        found = client.list_object_versions(Bucket=store.place.bucket)
        versions = found.get("Versions", []) + found.get("DeleteMarkers", [])
        listed = client.list_objects_v2(Bucket=store.place.bucket).get("Contents", [])
        bodies = [client.get_object(Bucket=store.place.bucket, Key=v["Key"])["Body"].read() for v in listed]
        return b"".join(v["Key"].encode() for v in versions) + b"".join(bodies)

    return store, everything


def test_not_one_byte_of_what_expired_is_left(world: World, tmp_path: Path, place: Place) -> None:
    store, everything = place
    kept = a_vault(store, world.now)
    gone, stays = uuid4(), uuid4()
    ids = kept.keep(gone, [token_bytes(64) for _ in range(3)], world.now)
    kept.keep(stays, [b"stays"], world.now)
    settled(world, gone, "not_illegal")
    settled(world, stays, "illegal")
    objects = read("SELECT name, content, digest FROM evidence_object WHERE about = %s", [gone])
    wraps = read("SELECT wrapped FROM evidence_wrap WHERE object_id = ANY(%s)", [ids])
    bytes_of = [store.get(row["name"]) for row in objects]
    traces = [
        *(row[key].encode() for row in objects for key in ("name", "content")),
        *(bytes(row["digest"]).hex().encode() for row in objects),
        *(bytes(row["wrapped"]).hex().encode() for row in wraps),
    ]
    before = (everything(), dump(tmp_path))
    assert len(wraps) == 9
    assert all(sealed in before[0] for sealed in bytes_of)
    assert all(trace in before[0] + before[1] for trace in traces)
    world.wait(days=31)
    assert purged(world, kept) == 3
    after = everything() + dump(tmp_path)
    assert [trace for trace in (*traces, *bytes_of) if trace in after] == []
    tombstones = read("SELECT * FROM evidence_tombstone ORDER BY id")
    assert {row["id"] for row in tombstones} == set(ids)
    assert {row["about"] for row in tombstones} == {gone}
    assert len(list(store.list())) == 1
    with pytest.raises(Gone, match="term is over"):
        open_object(object_id=ids[0], vault=kept.vault, by=an_analyst(), at=world.now)


def test_a_purge_says_what_there_was_before_and_after(world: World, kept: AVault) -> None:
    gone, stays = uuid4(), uuid4()
    kept.keep(gone, [b"a", b"b"], world.now)
    kept.keep(stays, [b"c"], world.now)
    settled(world, gone, "not_illegal")
    assert purged(world, kept) == 0
    assert read("SELECT 1 FROM evidence_purge") == []
    world.wait(days=31)
    assert purged(world, kept) == 2
    with acting(an_operator()):
        [told] = purges()
    said, size = told["counts"], sum(stored.size for stored in kept.store.list())
    assert (said["before"]["vault"]["objects"], said["after"]["vault"]["objects"]) == (3, 1)
    assert (said["before"]["books"]["wraps"], said["after"]["books"]["wraps"]) == (9, 3)
    assert said["after"]["vault"]["bytes"] == said["after"]["books"]["bytes"] == size
    assert said["purged"] == {"objects": 2, "wraps": 6, "bytes": said["before"]["vault"]["bytes"] - size}
    assert said["after"]["books"]["tombstones"] == 2
    [event] = events("evidence_purged")
    assert (event["item"], event["body"]["objects"]) == (gone, 2)


def test_what_else_is_known_of_it_is_forgotten_as_the_rule_says(world: World, kept: AVault) -> None:
    illegal, legal, forget = uuid4(), uuid4(), Forgetting()
    [a], [b] = kept.keep(illegal, [b"a"], world.now), kept.keep(legal, [b"b"], world.now)
    settled(world, illegal, "illegal")
    settled(world, legal, "not_illegal")
    world.wait(days=366)
    assert purged(world, kept, forget) == 2
    assert forget.told == [({a, b}, {b})]


def test_what_was_never_settled_expires_too(world: World, kept: AVault) -> None:
    kept.keep(uuid4(), [b"a"], world.now)
    world.wait(days=364)
    assert purged(world, kept) == 0
    world.wait(days=2)
    assert purged(world, kept) == 1


def test_what_is_held_stays_until_the_hold_is_ended(world: World, kept: AVault) -> None:
    held, free = uuid4(), uuid4()
    kept.keep(held, [b"held"], world.now)
    kept.keep(free, [b"free"], world.now)
    words = {"about": held, "by": a_manager()}
    day = brussels_day(world.now) + timedelta(days=90)
    hold_evidence(reason="asked by a magistrate", review_on=day, at=world.now, **words)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="already"):
        hold_evidence(reason="again", review_on=day, at=world.now, **words)  # type: ignore[arg-type]
    world.wait(days=400)
    assert purged(world, kept) == 1
    assert [row["about"] for row in read("SELECT about FROM evidence_object")] == [held]
    with acting(a_manager()):
        assert [row["about"] for row in holds_to_review(on=brussels_day(world.now))] == [held]
    release_evidence(reason="it was decided", at=world.now, **words)  # type: ignore[arg-type]
    assert purged(world, kept) == 1
    assert [event["item"] for kind in ("evidence_held", "evidence_released") for event in events(kind)] == [held, held]


def test_a_hold_needs_its_role_a_reason_a_day_ahead_and_something_to_hold(world: World, kept: AVault) -> None:
    item = uuid4()
    kept.keep(item, [b"x"], world.now)
    today = brussels_day(world.now)
    ahead = today + timedelta(days=1)
    for who in (an_analyst(), an_operator()):
        with pytest.raises(NotAllowed):
            hold_evidence(about=item, reason="x", review_on=ahead, by=who, at=world.now)
    with pytest.raises(BadInput, match="reason"):
        hold_evidence(about=item, reason=" ", review_on=ahead, by=a_manager(), at=world.now)
    with pytest.raises(BadInput, match="ahead"):
        hold_evidence(about=item, reason="x", review_on=today, by=a_manager(), at=world.now)
    with pytest.raises(NotFound):
        hold_evidence(about=uuid4(), reason="x", review_on=ahead, by=a_manager(), at=world.now)
    with pytest.raises(NotFound):
        release_evidence(about=item, reason="x", by=a_manager(), at=world.now)


class Killed(BaseException):
    """The process ends here."""


POINTS = (
    "purge: begun", "purge: locked", "purge: taken", "purge: bytes deleted", "purge: forgotten", "purge: keys deleted",
    "purge: buried", "purge: ended",
)  # fmt: skip


def test_ended_at_any_point_and_run_again_the_purge_is_whole(world: World, kept: AVault) -> None:
    def fall_at(name: str) -> Callable[[str], None]:
        def fall(passed: str) -> None:
            if passed == name:
                crash.install(None)
                raise Killed

        return fall

    for n, point in enumerate(POINTS, start=1):
        kept.keep(uuid4(), [b"a", b"b"], world.now)
        world.wait(days=366)
        crash.install(fall_at(point))
        try:
            with pytest.raises(Killed):
                purged(world, kept)
        finally:
            crash.install(None)
        purged(world, kept)
        assert purged(world, kept) == 0
        assert list(kept.store.list()) == [], point
        assert (read("SELECT 1 FROM evidence_object"), read("SELECT 1 FROM evidence_wrap")) == ([], []), point
        assert len(read("SELECT 1 FROM evidence_tombstone")) == 2 * n, point
        told = read("SELECT counts FROM evidence_purge WHERE ended_at IS NOT NULL")
        assert [row["counts"]["purged"]["objects"] for row in told] == [2] * n, point
        assert sum(event["body"]["objects"] for event in events("evidence_purged")) == 2 * n, point


def test_what_a_purge_has_taken_is_gone_whoever_comes_then(world: World, kept: AVault) -> None:
    item = uuid4()
    [id] = kept.keep(item, [b"a"], world.now)
    world.wait(days=366)

    def meanwhile(passed: str) -> None:
        if passed == "purge: taken":
            crash.install(None)
            with pytest.raises(Gone):
                open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now)
            day = brussels_day(world.now) + MONTH
            with pytest.raises(NotFound):
                hold_evidence(about=item, reason="too late", review_on=day, by=a_manager(), at=world.now)

    crash.install(meanwhile)
    assert purged(world, kept) == 1


def test_only_what_is_due_is_run_by_whom_runs_the_work(world: World, kept: AVault) -> None:
    with pytest.raises(NotAllowed):
        purge(vault=kept.vault, forget=Forgetting(), by=an_analyst(), clock=world.clock)
