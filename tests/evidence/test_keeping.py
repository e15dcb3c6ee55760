"""What is kept can be opened by those to whom it was sealed, and by nobody else."""

import re
from collections.abc import Sequence
from uuid import uuid4

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.evidence.errors import Damaged, Gone, NoRecipient, NotYours
from maillon.evidence.queries import openable
from maillon.evidence.recipients import KINDS, add_recipient, recipients, retire_recipient
from maillon.evidence.services import keep, open_object
from maillon.evidence.store import Stored
from maillon.evidence.vault import Identity, Recipient, Thing, Vault, opened, unwrapped
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import acting
from tests.factories.chain import events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.vaults import FETCHER, AVault
from tests.factories.world import World

PEOPLE = [Identity.generate() for _ in range(6)]
IDS = [uuid4() for _ in PEOPLE]


class InMemory:
    """A store for laws that hold whatever lies beneath."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> None:
        self.held[name] = data


def test_what_was_kept_is_opened_as_it_was(world: World, kept: AVault) -> None:
    item = uuid4()
    [id] = kept.keep(item, [b"a neutral sentence"], world.now)
    assert open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now) == b"a neutral sentence"
    [told] = events("evidence_kept")
    assert (told["item"], told["body"]["objects"], told["body"]["size"]) == (item, 1, 18)
    assert sorted(told["body"]["recipients"]) == sorted(str(each.id) for each in kept.to())


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=200), to=st.sets(st.integers(0, 5), min_size=1))
def test_exactly_its_recipients_open_an_object(data: bytes, to: set[int]) -> None:
    store = InMemory()
    named = [Recipient(IDS[n], "police", str(PEOPLE[n].to_public())) for n in to]
    sealed = Vault(store, b"names", {}).seal("hotline", uuid4(), "image", data, named)  # type: ignore[arg-type]
    wraps = dict(sealed.wraps)
    assert set(wraps) == {IDS[n] for n in to}
    for n, identity in enumerate(PEOPLE):
        if n in to:
            assert opened(store.held[sealed.name], unwrapped(wraps[IDS[n]], identity)) == data
        else:
            for wrapped in wraps.values():
                with pytest.raises(NotYours):
                    unwrapped(wrapped, identity)
            with pytest.raises(Damaged):
                opened(store.held[sealed.name], identity)


def test_nothing_in_the_store_or_its_names_tells_what_it_is(world: World, kept: AVault) -> None:
    item, marker = uuid4(), b"a marker that would be found"
    kept.keep(item, [marker, marker + b"!"], world.now)
    other = kept.keep(uuid4(), [marker], world.now)
    names = [row["name"] for row in read("SELECT name FROM evidence_object")]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", name) for name in names)
    assert len({row["content"] for row in read("SELECT content FROM evidence_object")}) == 3
    assert len({kept.store.get(name) for name in names}) == 3
    assert not any(marker in kept.store.get(name) for name in names)
    assert other


def test_the_same_bytes_of_an_item_are_kept_once(world: World, kept: AVault) -> None:
    item = uuid4()
    first = kept.keep(item, [b"one", b"two", b"one"], world.now)
    again = kept.keep(item, [b"two"], world.now)
    assert first == [first[0], again[0], first[0]]
    assert len(read("SELECT id FROM evidence_object")) == 2


def test_the_same_bytes_are_kept_anew_for_whoever_could_not_open_them(world: World, kept: AVault) -> None:
    item = uuid4()
    [before] = kept.keep(item, [b"one"], world.now)
    key = Identity.generate()
    add_recipient(kind="police", key=str(key.to_public()), by=an_operator(), at=world.now)
    [after] = kept.keep(item, [b"one"], world.now)
    assert before != after
    assert open_object(object_id=after, vault=kept.vault, by=an_analyst(), at=world.now) == b"one"


def test_many_are_sealed_at_once_in_their_order(world: World, kept: AVault) -> None:
    item = uuid4()
    things = [Thing(item, "image", [bytes([n]), b" of many"]) for n in range(25)]
    sealed = kept.vault.seal_all("hotline", things, kept.to())
    with acting(FETCHER):
        ids = keep(sealed=sealed, by=FETCHER, at=world.now)
    for n, id in enumerate(ids):
        assert open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now) == bytes([n]) + b" of many"


@pytest.mark.parametrize("kinds", [(), ("hotline",), ("police", "prosecutor"), ("hotline", "police")])
def test_nothing_is_sealed_while_a_key_is_missing(world: World, kinds: Sequence[str]) -> None:
    for kind in kinds:
        add_recipient(kind=kind, key=str(Identity.generate().to_public()), by=an_operator(), at=world.now)
    with pytest.raises(NoRecipient, match="maillon vault recipient add"):
        recipients("hotline")


def test_a_retired_key_gets_nothing_more_and_keeps_what_it_has(world: World, kept: AVault) -> None:
    item = uuid4()
    [before] = kept.keep(item, [b"before"], world.now)
    [police] = [each for each in kept.to() if each.kind == "police"]
    retire_recipient(id=police.id, reason="replaced", by=an_operator(), at=world.now)
    with pytest.raises(NoRecipient, match="police"):
        recipients("hotline")
    new = Identity.generate()
    add_recipient(kind="police", key=str(new.to_public()), by=an_operator(), at=world.now)
    [after] = kept.keep(item, [b"after"], world.now)
    held = {
        row["object_id"] for row in read("SELECT object_id FROM evidence_wrap WHERE recipient_id = %s", [police.id])
    }
    assert held == {before}
    assert after not in held


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA"])
def test_what_is_no_age_key_is_refused(world: World, key: str) -> None:
    with pytest.raises(BadInput, match="age public key"):
        add_recipient(kind="police", key=key, by=an_operator(), at=world.now)


def test_only_whoever_manages_the_vault_records_keys_and_only_whoever_looks_opens(world: World, kept: AVault) -> None:
    [id] = kept.keep(uuid4(), [b"x"], world.now)
    key = str(Identity.generate().to_public())
    for who in (an_analyst(), a_manager()):
        with pytest.raises(NotAllowed):
            add_recipient(kind="police", key=key, by=who, at=world.now)
    for who in (an_operator(), a_manager(), FETCHER):
        with pytest.raises(NotAllowed):
            open_object(object_id=id, vault=kept.vault, by=who, at=world.now)
    with pytest.raises(NotAllowed), acting(an_analyst()):
        keep(sealed=[kept.seal(uuid4(), b"x")], by=an_analyst(), at=world.now)


def test_another_house_knows_nothing_of_what_is_kept(world: World, kept: AVault) -> None:
    kept.keep(uuid4(), [b"x"], world.now)
    for table in ("object", "wrap", "recipient"):
        assert read(f"SELECT 1 FROM evidence_{table}", house="authority") == []


def test_what_was_changed_in_the_store_is_not_opened(world: World, kept: AVault) -> None:
    [id] = kept.keep(uuid4(), [b"something"], world.now)
    [stored] = list[Stored](kept.store.list())
    data = bytearray(kept.store.get(stored.name))
    data[-1] ^= 1
    kept.store.put(stored.name, bytes(data))
    with pytest.raises(Damaged):
        open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now)
    kept.store.delete([stored.name])
    with pytest.raises(Gone):
        open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now)


def test_an_installation_without_the_key_says_whose_it_is(world: World, kept: AVault) -> None:
    [id] = kept.keep(uuid4(), [b"x"], world.now)
    for own in ({}, {"hotline": pyrage.x25519.Identity.generate()}):
        with pytest.raises(NotYours):
            open_object(object_id=id, vault=Vault(kept.store, b"names", own), by=an_analyst(), at=world.now)
    with acting(an_analyst()):
        assert openable([id, uuid4()], at=world.now) == {id}
    assert set(KINDS) == set(kept.identities)
