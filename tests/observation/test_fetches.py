"""Fetches: asked for with a purpose, worked on outside any transaction, written down whole or not at all."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from maillon.evidence.errors import NoRecipient
from maillon.evidence.services import open_object
from maillon.evidence.vault import Vault
from maillon.items.captures import captures_of, media_of
from maillon.items.services import note_offline
from maillon.kernel import crash
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.observation.capturing import PAUSES, PER_SITE
from maillon.observation.fetches import any_fetch_due, fetch_due, latest_fetches, request_fetch
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.captures import a_vault, squares
from tests.factories.chain import an_item, events, read, reported
from tests.factories.internet import Internet, Reader, a_page, a_part
from tests.factories.people import a_manager, a_police_officer, an_analyst
from tests.factories.world import World

URL = "http://be.test/a"


@pytest.fixture
def vault(world: World) -> Vault:
    return a_vault(world.now)


def asked(world: World, item: UUID, purpose: str = "assess") -> UUID:
    return request_fetch(item_id=item, purpose=purpose, by=an_analyst(), at=world.now)


def fetched(world: World, vault: Vault, internet: Internet | None = None, **more: Any) -> int:
    return fetch_due(
        house="hotline", fetchers=internet or Internet(), decoders=Reader(), vault=vault, clock=world.clock, **more
    )


def capture_of(item: UUID) -> tuple[Row, list[Row]]:
    with acting(system_actor("hotline", "reader")):
        [capture] = captures_of(item_ids=[item])
        return capture, media_of(capture_ids=[capture["id"]])[capture["id"]]


def fetch_of(item: UUID) -> Row:
    with acting(system_actor("hotline", "reader")):
        return latest_fetches(item_ids=[item])[item]


def test_what_was_asked_for_is_fetched_hashed_sealed_and_written_down(world: World, vault: Vault) -> None:
    item, picture = reported(world, URL), squares(7)
    asked(world, item)
    broken = a_part("image", f"{URL}/none.png", b"no picture", "image/png")
    refused = a_part("image", "http://127.0.0.1/x.png", b"", "", "not_public")
    internet = Internet({URL: a_page(URL, picture, media=[broken, refused])})
    assert fetched(world, vault, internet) == 1
    capture, media = capture_of(item)
    assert (capture["outcome"], capture["status"], capture["purpose"]) == ("ok", 200, "assess")
    assert (capture["asked_by"], capture["named"]) == ("analyst-1", 3)
    assert [hop["address"] for hop in capture["hops"]] == ["192.0.2.1"]
    assert [(m["outcome"], m["reason"]) for m in media] == [
        ("ok", ""), ("undecodable", "not_an_image"), ("refused", "not_public"),
    ]  # fmt: skip
    assert bytes(media[0]["sha256"]) == hashlib.sha256(picture).digest()
    assert bytes(media[1]["md5"]) == hashlib.md5(b"no picture", usedforsecurity=False).digest()
    assert (media[0]["width"], media[0]["pdq_quality"], media[2]["sha256"]) == (640, 90, None)
    kept = open_object(object_id=media[0]["object_id"], vault=vault, by=an_analyst(), at=world.now)
    assert picture in kept
    assert fetch_of(item)["capture_id"] == capture["id"]
    [told], [first] = events("captured"), events("fetch_asked")
    assert told["cause"] == first["uid"]
    assert told["body"] == {
        "capture": str(capture["id"]), "purpose": "assess", "outcome": "ok", "reason": "", "images": 2, "videos": 0,
        "lacking": 1, "needs_scripts": False, "hops": 1,
    }  # fmt: skip


@pytest.mark.parametrize("state", ["illegal", "not_illegal", "offline"])
def test_content_is_fetched_of_items_under_assessment_only(world: World, vault: Vault, state: str) -> None:
    item = an_item(world, in_state=state)
    with pytest.raises(ForbiddenStep, match="under assessment"):
        asked(world, item)


def test_it_takes_the_permission_a_purpose_an_address_and_an_item_of_this_house(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    with pytest.raises(NotAllowed):
        request_fetch(item_id=item, purpose="assess", by=a_manager(), at=world.now)
    with pytest.raises(NotAllowed):
        request_fetch(item_id=item, purpose="assess", by=a_police_officer(), at=world.now)
    with pytest.raises(BadInput, match="purpose"):
        asked(world, item, "curiosity")
    with pytest.raises(NotFound):
        asked(world, uuid7(world.now))


def test_without_a_key_of_every_recipient_nothing_is_fetched(world: World) -> None:
    with pytest.raises(NoRecipient, match="recipient add"):
        asked(world, reported(world, URL))


def test_one_fetch_of_an_item_at_a_time_and_another_once_it_is_done(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)
    with pytest.raises(ForbiddenStep, match="under way"):
        asked(world, item)
    fetched(world, vault)
    asked(world, item, "still_online")


def test_a_failure_on_the_way_is_tried_again_and_then_shown_to_a_person(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)
    internet = Internet({URL: a_page(URL, reason="not_reached")})
    for pause in PAUSES:
        assert fetched(world, vault, internet) == 1
        assert events("captured") == []
        assert fetched(world, vault, internet) == 0
        world.wait(seconds=pause.total_seconds())
    fetched(world, vault, internet)
    capture, _ = capture_of(item)
    assert (capture["outcome"], capture["reason"]) == ("failed", "not_reached")
    assert len(internet.asked) == len(PAUSES) + 1


@pytest.mark.parametrize("reason", ["not_public", "redirect_loop", "decompression_bomb", "name_not_found"])
def test_what_is_refused_or_answered_for_good_is_said_at_once(world: World, vault: Vault, reason: str) -> None:
    item = reported(world, URL)
    asked(world, item)
    fetched(world, vault, Internet({URL: a_page(URL, reason=reason)}))
    capture, _ = capture_of(item)
    assert capture["reason"] == reason
    assert capture["outcome"] == ("failed" if reason == "name_not_found" else "refused")


def test_a_page_that_needs_scripts_says_so(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)
    fetched(world, vault, Internet({URL: a_page(URL, needs_scripts=True)}))
    assert capture_of(item)[0]["needs_scripts"] is True


def test_of_an_item_settled_meanwhile_nothing_is_kept_and_it_is_said(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)
    fetch_id = fetch_of(item)["id"]

    def settle(url: str) -> None:
        note_offline(item_id=item, statement="gone", by=an_analyst(), at=world.now)
        connection.close()

    fetched(world, vault, Internet(before=settle))
    assert read("SELECT 1 FROM items_capture UNION ALL SELECT 1 FROM evidence_object") == []
    assert (fetch_of(item)["state"], fetch_of(item)["capture_id"]) == ("done", None)
    assert [event["body"] for event in events("fetch_dropped")] == [{"fetch": str(fetch_id), "purpose": "assess"}]


def test_of_an_item_settled_before_nothing_is_asked_of_the_network(world: World, vault: Vault) -> None:
    item, internet = reported(world, URL), Internet()
    asked(world, item)
    note_offline(item_id=item, statement="gone", by=an_analyst(), at=world.now)
    fetched(world, vault, internet)
    assert internet.asked == []
    assert len(events("fetch_dropped")) == 1


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["claimed", "received", "kept", "written", "recorded"])
def test_cut_off_anywhere_nothing_is_half_written_and_it_is_fetched_again(
    world: World, vault: Vault, where: str
) -> None:
    item = reported(world, URL)
    asked(world, item)

    def cut(name: str) -> None:
        if name == f"fetch: {where}":
            raise Killed

    crash.install(cut)
    try:
        with pytest.raises(Killed):
            fetched(world, vault)
    finally:
        crash.install(None)
    assert read("SELECT 1 FROM items_capture UNION ALL SELECT 1 FROM evidence_object") == []
    connection.close()  # a claim is lost with its connection
    assert fetched(world, vault) == 1
    assert capture_of(item)[0]["outcome"] == "ok"
    assert len(events("captured")) == 1


def test_many_are_fetched_at_once_but_no_site_more_than_a_few_times(world: World, vault: Vault) -> None:
    for n in range(5):
        asked(world, reported(world, f"http://be.test/{n}"))
    internet = Internet(size=5)
    assert fetched(world, vault, internet) == 5
    assert internet.most <= PER_SITE
    assert len(internet.asked) == 5


def test_a_worker_that_finds_another_at_it_does_nothing(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)
    others: list[int] = []

    def at_it_too(url: str) -> None:
        others.append(fetched(world, vault))
        connection.close()

    fetched(world, vault, Internet(before=at_it_too))
    assert others == [0]
    assert len(capture_of(item)[1]) == 1


def test_what_breaks_here_is_tried_again_and_then_said(world: World, vault: Vault) -> None:
    item = reported(world, URL)
    asked(world, item)

    def breaks(url: str) -> None:
        raise RuntimeError("the processes are gone")

    for _ in range(len(PAUSES) + 1):
        fetched(world, vault, Internet(before=breaks))
        world.wait(minutes=10)
    assert capture_of(item)[0]["reason"] == "broken"


def test_work_that_waits_is_found_and_a_lost_claim_too(world: World, vault: Vault) -> None:
    def due(after: timedelta = timedelta()) -> bool:
        with acting(system_actor("hotline", "clock")):
            return any_fetch_due(at=world.now + after)

    assert not due()
    asked(world, reported(world, URL))
    assert due()
    fetched(world, vault, Internet({URL: a_page(URL, reason="cut_off")}))
    assert not due()
    assert due(PAUSES[0])
