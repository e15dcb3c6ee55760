"""The vault and the books are held against each other: what is missing, what was changed, what nobody knows."""

import os
from datetime import timedelta
from uuid import uuid4

from maillon.evidence.checking import absent, check_vault, stats, sweep
from maillon.evidence.vault import Vault
from maillon.kernel.clock import FixedClock, SystemClock
from tests.factories.chain import read
from tests.factories.people import an_operator
from tests.factories.vaults import CLOCK, AVault
from tests.factories.world import World

HOUSES = ("hotline", "authority", "care")


def ahead(**time: float) -> FixedClock:
    """A clock ahead of the machine's, by which the store's files are dated."""
    return FixedClock(SystemClock().now() + timedelta(**time))


def test_every_object_is_read_again(world: World, kept: AVault) -> None:
    a, b, c = kept.keep(uuid4(), [b"a", b"b", b"c"], world.now)
    names = {row["id"]: row["name"] for row in read("SELECT id, name FROM evidence_object")}
    steps: list[int] = []
    found = check_vault(vault=kept.vault, by=an_operator(), advance=steps.append)
    assert (found.objects, found.missing, found.changed, sum(steps)) == (3, (), (), 3)
    kept.store.delete([names[a]])
    kept.store.put(names[c], kept.store.get(names[b]))
    found = check_vault(vault=kept.vault, by=an_operator())
    assert (found.missing, found.changed) == ((a,), (c,))
    assert absent(store=kept.store, by=CLOCK) == (a,)


def test_what_was_sealed_and_never_written_down_is_swept_after_an_hour(world: World, kept: AVault) -> None:
    [id] = kept.keep(uuid4(), [b"kept"], world.now)
    kept.seal(uuid4(), b"never written down")
    assert sweep(vault=kept.vault, houses=HOUSES, clock=ahead(minutes=50)) == 0
    assert sweep(vault=kept.vault, houses=HOUSES, clock=ahead(minutes=70)) == 1
    assert [stored.name for stored in kept.store.list()] == [read("SELECT name FROM evidence_object")[0]["name"]]
    assert check_vault(vault=kept.vault, by=an_operator()).objects == 1
    assert id


def test_what_another_installation_put_there_is_left_alone(world: World, kept: AVault) -> None:
    theirs = Vault(kept.store, b"another key of names", {})
    sealed = theirs.seal("hotline", uuid4(), "image", b"theirs", kept.to())
    assert sweep(vault=kept.vault, houses=HOUSES, clock=ahead(days=1)) == 0
    assert (kept.vault.made(sealed.name), theirs.made(sealed.name)) == (False, True)
    assert not kept.vault.made(os.urandom(32).hex())


def test_what_is_kept_is_counted(world: World, kept: AVault) -> None:
    kept.keep(uuid4(), [b"a", b"bc"], world.now)
    kinds, counted = stats(vault=kept.vault, by=an_operator())
    assert [(row["kind"], row["objects"], row["size"], row["ours"]) for row in kinds] == [("image", 2, 3, 2)]
    assert counted["vault"]["objects"] == counted["books"]["objects"] == 2
    assert counted["books"]["wraps"] == 6
