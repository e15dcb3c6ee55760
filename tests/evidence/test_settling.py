"""The hotline opens what was fetched while the item is assessed; settled it does not, undone in time it still does."""

from uuid import UUID, uuid4

import pytest

from maillon.evidence.errors import NotYours
from maillon.evidence.queries import kept_of, openable
from maillon.evidence.services import open_object
from maillon.evidence.settling import destroy_due, follow
from maillon.evidence.taking import rewrap
from maillon.evidence.vault import Identity, opened, unwrapped
from maillon.hotline.analysis.services import undo_opinion
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import acting
from maillon.outbox.registry import Handed
from maillon.rules.terms import grace
from tests.factories.chain import a_case, assessed, events, read, says
from tests.factories.people import an_analyst, an_operator
from tests.factories.vaults import CLOCK, AVault
from tests.factories.world import World


def told(world: World, item: UUID) -> None:
    """Everything that the log says of the item, as the dispatcher would hand it over; what was handed may be again."""
    kinds = ("settled", "unsettled", "opinion_withdrawn", "reported")
    found = sorted((row for kind in kinds for row in events(kind) if row["item"] == item), key=lambda row: row["id"])
    handed = [
        Handed("hotline", r["id"], r["uid"], r["kind"], r["version"], r["item"], r["happened_at"], r["body"])
        for r in found
    ]
    with acting(CLOCK):
        follow(handed=handed, by=CLOCK, clock=world.clock)


def opens(kept: AVault, id: UUID, world: World) -> bool:
    try:
        return open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now) == b"x"
    except NotYours:
        return False


def by_identity(kept: AVault, id: UUID, kind: str) -> bool:
    """Whether whoever holds that identity opens the object with what is in the database and the store."""
    [row] = read("SELECT name FROM evidence_object WHERE id = %s", [id])
    for wrap in read("SELECT wrapped FROM evidence_wrap WHERE object_id = %s", [id]):
        try:
            key = unwrapped(bytes(wrap["wrapped"]), kept.identities[kind])
        except NotYours:
            continue
        return opened(kept.store.get(row["name"]), key) == b"x"
    return False


def test_settled_and_past_the_grace_only_police_and_prosecutor_open_it(world: World, kept: AVault) -> None:
    item = a_case(world, in_state="waiting")
    [id] = kept.keep(item, [b"x"], world.now)
    assessed(world, item, says("A"))
    told(world, item)
    assert opens(kept, id, world)
    assert destroy_due(by=CLOCK, at=world.now) == 0
    world.wait(seconds=grace(world.now).total_seconds())
    assert not opens(kept, id, world)  # although no clock has come by yet
    with acting(an_analyst()):
        assert openable([id], at=world.now) == set()
    assert [by_identity(kept, id, kind) for kind in ("hotline", "police", "prosecutor")] == [True, True, True]
    assert (destroy_due(by=CLOCK, at=world.now), destroy_due(by=CLOCK, at=world.now)) == (1, 0)
    assert [by_identity(kept, id, kind) for kind in ("hotline", "police", "prosecutor")] == [False, True, True]
    [ended] = events("evidence_access_ended")
    assert (ended["item"], ended["body"]) == (item, {"wraps": 1})
    with acting(CLOCK):
        [row] = kept_of([item])
    assert row["kinds"] == ["police", "prosecutor"]
    assert row["rule"]["outcome"] == "illegal"
    assert (row["expires_at"] - world.now).days == 364


def test_an_opinion_undone_within_the_grace_keeps_the_key(world: World, kept: AVault) -> None:
    item = a_case(world, in_state="waiting")
    [id] = kept.keep(item, [b"x"], world.now)
    assessed(world, item, says("N"))
    told(world, item)
    assert read("SELECT rule FROM evidence_object")[0]["rule"]["outcome"] == "not_illegal"
    world.wait(seconds=5)
    undo_opinion(item_id=item, by=an_analyst(), at=world.now)
    told(world, item)
    world.wait(days=1)
    assert destroy_due(by=CLOCK, at=world.now) == 0
    assert opens(kept, id, world)
    assert read("SELECT rule FROM evidence_object")[0]["rule"]["outcome"] == "never_settled"


def test_an_opinion_undone_that_leaves_the_item_settled_gives_no_key_back(world: World, kept: AVault) -> None:
    item = uuid4()
    [id] = kept.keep(item, [b"x"], world.now)
    said = [
        ("settled", {"outcome": "illegal"}),
        ("unsettled", {"state": "disputed"}),
        ("opinion_withdrawn", {"state": "settled"}),
    ]
    for n, (kind, body) in enumerate(said):
        with acting(CLOCK):
            handed = [Handed("hotline", n, uuid4(), kind, 1, item, world.now, body)]
            follow(handed=handed, by=CLOCK, clock=world.clock)
    world.wait(minutes=1)
    assert not opens(kept, id, world)
    assert destroy_due(by=CLOCK, at=world.now) == 1
    assert read("SELECT rule FROM evidence_object")[0]["rule"]["outcome"] == "illegal"


def test_what_is_fetched_of_another_item_is_not_concerned(world: World, kept: AVault) -> None:
    item, other = a_case(world, in_state="waiting"), uuid4()
    [id, theirs] = [*kept.keep(item, [b"x"], world.now), *kept.keep(other, [b"x"], world.now)]
    assessed(world, item, says("A"))
    told(world, item)
    world.wait(minutes=1)
    assert destroy_due(by=CLOCK, at=world.now) == 1
    assert (opens(kept, id, world), opens(kept, theirs, world)) == (False, True)


def test_a_recipient_passes_its_key_on_to_another_one(world: World, kept: AVault) -> None:
    from maillon.evidence.recipients import add_recipient

    [id] = kept.keep(uuid4(), [b"x"], world.now)
    kept.identities["unit"] = Identity.generate()
    key = str(kept.identities["unit"].to_public())
    words = {"object_id": id, "reason": "to the local unit", "by": an_operator(), "at": world.now}
    with pytest.raises(BadInput, match="recipient add"):
        rewrap(identity=kept.identities["police"], to=key, **words)  # type: ignore[arg-type]
    add_recipient(kind="police", key=key, by=an_operator(), at=world.now)
    assert not by_identity(kept, id, "unit")
    with pytest.raises(NotYours):
        rewrap(identity=kept.identities["unit"], to=key, **words)  # type: ignore[arg-type]
    for _ in range(2):
        rewrap(identity=kept.identities["police"], to=key, **words)  # type: ignore[arg-type]
    assert by_identity(kept, id, "unit")
    [hotline] = [each.key for each in kept.to() if each.kind == "hotline"]
    with pytest.raises(BadInput, match="while it is assessed"):
        rewrap(identity=kept.identities["police"], to=hotline, **words)  # type: ignore[arg-type]
