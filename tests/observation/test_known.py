"""What is fetched is compared with known content: found, written down with the item, shown, and moved up the queue."""

import hashlib
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.evidence.vault import Vault
from maillon.hotline.analysis.services import note_known
from maillon.items.captures import NewMedium
from maillon.kernel.clock import SystemClock
from maillon.kernel.ids import uuid7
from maillon.matching.changing import add
from maillon.matching.index import Match
from maillon.observation.fetches import fetch_due, request_fetch
from maillon.observation.known import KEPT, Known, forget, known_in, known_matches, known_of
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row
from tests.factories.captures import a_vault, squares
from tests.factories.chain import a_case, case_of, events, read, reported
from tests.factories.internet import Internet, Reader, a_page
from tests.factories.people import an_analyst
from tests.factories.world import World
from tests.web.browser import signed_in

URL = "http://be.test/a"
PICTURE = squares(7)
SHA1 = hashlib.sha1(PICTURE, usedforsecurity=False).digest()
SEEN = bytes(32)
"""What the factories' reader says every picture's PDQ is, with quality 90."""
NEAR = bytes([0b11111, *bytes(31)])


@pytest.fixture
def vault(world: World) -> Vault:
    return a_vault(world.now)


def fetched(world: World, vault: Vault, folder: Path) -> UUID:
    """An item whose page named one picture, fetched; what is known stands in `folder`."""
    item = reported(world, URL)
    request_fetch(item_id=item, purpose="assess", by=an_analyst(), at=world.now)
    done = fetch_due(
        house="hotline", fetchers=Internet({URL: a_page(URL, PICTURE)}), decoders=Reader(), vault=vault,
        clock=world.clock, look_up=known_in(folder),
    )  # fmt: skip
    assert done == 1
    world.hand_over()
    return item


def page_of(item: UUID) -> str:
    return signed_in(an_analyst()).get(reverse("item", args=[item])).content.decode()


def known_at(item: UUID) -> list[Row]:
    [capture] = read("SELECT id FROM items_capture WHERE item_id = %s", [item])
    with acting(an_analyst()):
        return known_matches(capture_ids=[capture["id"]])[capture["id"]]


def test_what_is_known_is_written_down_nearest_first_told_and_moves_the_case_up(
    world: World, vault: Vault, tmp_path: Path
) -> None:
    add(tmp_path, type="pdq", bank="bank-a", hashes=NEAR + SEEN, entries=[1, 2], qualities=[80, -1])
    add(tmp_path, type="sha1", bank="bank-b", hashes=SHA1, entries=[2**63 - 1])
    item = fetched(world, vault, tmp_path)
    assert [(k["type"], k["distance"], k["bank"], k["entry"], k["quality"], k["clear"]) for k in known_at(item)] == [
        ("sha1", 0, "bank-b", 2**63 - 1, None, True),
        ("pdq", 0, "bank-a", 2, None, True),
        ("pdq", 5, "bank-a", 1, 80, True),
    ]
    [found], [raised] = events("known_content_found"), events("case_more_urgent")
    counts = {"media": 1, "equal": 1, "alike": 0, "matches": 3, "distance": 0}
    assert found["body"] == {**counts, "capture": found["body"]["capture"]}
    assert (raised["item"], raised["body"]["before"], raised["body"]["after"]) == (item, 4, 3)
    assert (raised["cause"], case_of(item)["urgency"]) == (found["uid"], 3)
    page = page_of(item)
    for words in (
        "Matches known content",
        "the same file, byte for byte",
        "5 of 256 bits differ",
        "bank-a",
        str(2**63 - 1),
    ):
        assert words in page


def test_without_an_index_and_without_a_match_nothing_is_told(world: World, vault: Vault, tmp_path: Path) -> None:
    item = fetched(world, vault, tmp_path / "none")
    assert known_at(item) == events("known_content_found") == []
    assert case_of(item)["urgency"] == 4
    assert "Matches known content" not in page_of(item)


@pytest.mark.parametrize("erased", [True, False])
def test_what_is_erased_with_its_hashes_keeps_no_match(
    world: World, vault: Vault, tmp_path: Path, erased: bool
) -> None:
    add(tmp_path, type="sha1", bank="bank-b", hashes=SHA1, entries=[1])
    item = fetched(world, vault, tmp_path)
    gone = [row["object_id"] for row in read("SELECT object_id FROM items_medium WHERE item_id = %s", [item])]
    with acting(system_actor("hotline", "clock")):
        forget(object_ids=gone, without_hashes=gone if erased else [], at=world.now)
    assert len(known_at(item)) == (0 if erased else 1)


def a_medium(**more: object) -> NewMedium:
    digests = {"md5": bytes(16), "sha1": bytes(20), "sha256": bytes(32)}
    return NewMedium(id=uuid7(SystemClock().now()), kind="image", url="", outcome="ok", **digests, **more)  # type: ignore[arg-type]


def found(medium: NewMedium, **known: list[Match]) -> list[Known]:
    return known_of(medium, lambda hashes: [known.get(f"{type}_{digits[:2]}", []) for type, digits in hashes])


def test_a_video_is_told_each_entry_once_by_its_nearest_frame_and_frames_without_detail_are_left_out() -> None:
    frames = [(0.0, 10, "aa" * 32), (1.0, 50, "bb" * 32), (2.0, 90, "cc" * 32), (3.0, 90, "cc" * 32)]
    near, far = Match("vpdq", 3, "bank-a", 1, 70), Match("vpdq", 9, "bank-a", 1, 60)
    [one] = found(a_medium(vpdq=frames), vpdq_aa=[near], vpdq_bb=[far], vpdq_cc=[near, far])
    assert (one.distance, one.quality, one.frames, one.second) == (3, 70, 2, 2.0)


def test_a_picture_without_detail_is_compared_and_its_match_is_not_clear() -> None:
    match = Match("pdq", 0, "bank-a", 1, None)
    for quality, clear in ((49, False), (50, True)):
        [one] = found(a_medium(pdq=SEEN, pdq_quality=quality), pdq_00=[match])
        assert one.clear is clear


def test_of_many_matches_the_nearest_are_kept_and_exact_ones_first() -> None:
    many = [Match("pdq", n % 32, "bank-a", n, None) for n in range(5 * KEPT)]
    kept = found(a_medium(pdq=SEEN, pdq_quality=90), pdq_00=many, md5_00=[Match("md5", 0, "bank-b", 1, None)])
    assert (len(kept), kept[0].type, kept[1].distance) == (KEPT, "md5", 0)
    assert max(one.distance for one in kept) == sorted(n % 32 for n in range(5 * KEPT))[KEPT - 2]


@pytest.mark.parametrize(("equal", "alike", "urgency"), [(0, 0, 4), (0, 1, 3), (1, 0, 3)])
def test_what_may_be_chance_moves_nothing_up_and_repeating_it_changes_nothing(
    world: World, equal: int, alike: int, urgency: int
) -> None:
    item, by = a_case(world, in_state="waiting"), system_actor("hotline", "dispatcher")
    settled = a_case(world, in_state="settled", text="http://be.test/s")
    body = {"equal": equal, "alike": alike}
    handed = [
        Handed("hotline", 1, uuid7(world.now), "known_content_found", 1, one, world.now, body)
        for one in (item, settled)
    ]
    for _ in range(2):
        with acting(by):
            note_known(handed=handed, by=by, clock=world.clock)
    assert case_of(item)["urgency"] == urgency
    assert len(events("case_more_urgent")) == (urgency < 4)
