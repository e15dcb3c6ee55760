"""The panel of an item's content: asked for with a purpose, told in words, never a link to where it came from."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.decoding.shapes import Reason
from maillon.items.services import note_offline
from maillon.observation.asking import PURPOSES
from maillon.observation.fetches import fetch_due, request_fetch
from maillon.observation.fetching.fetched import Fetched
from maillon.observation.fetching.refusals import Refusal
from maillon.observation.receiving import Trouble
from maillon.web.labels import TABLES
from tests.factories.captures import a_vault, squares
from tests.factories.chain import assessed, read, reported, says
from tests.factories.internet import Internet, Reader, a_hop, a_page, a_part
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import World
from tests.hotline.test_known import captured_item, confirms, looked, media
from tests.web.browser import Page, signed_in

URL = "http://be.test/a"


def page_of(item: UUID, who: object = None) -> tuple[str, Page]:
    answer = signed_in(who or an_analyst()).get(reverse("item", args=[item]))  # type: ignore[arg-type]
    assert answer.status_code == 200
    text = answer.content.decode()
    return text, Page(text)


def asks(item: UUID, purpose: str = "assess") -> str:
    answer = signed_in(an_analyst()).post(reverse("fetch", args=[item]), {"purpose": purpose}, follow=True)
    return str(answer.content.decode())


def asked(world: World, item: UUID) -> None:
    request_fetch(item_id=item, purpose="assess", by=an_analyst(), at=world.now)


def fetched(world: World, page: Fetched) -> None:
    fetch_due(
        house="hotline", fetchers=Internet({URL: page}), decoders=Reader(), vault=a_vault(world.now), clock=world.clock
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "words"),
    [("fetch_reason", [*Refusal, *Reason, *Trouble]), ("purpose", PURPOSES)],
)
def test_every_code_has_words(table: str, words: list[str]) -> None:
    assert [str(word) for word in words if str(word) not in TABLES[table]] == []


def test_content_is_asked_for_with_a_purpose_and_once(world: World) -> None:
    item = reported(world, URL)
    assert "the vault lacks a key" in page_of(item)[0]
    a_vault(world.now)
    text, page = page_of(item)
    assert reverse("fetch", args=[item]) in page.links
    assert all(f'value="{purpose}"' in text for purpose in PURPOSES)
    assert "stay on record" in asks(item)
    assert "under way already" in asks(item)
    assert reverse("fetch", args=[item]) not in page_of(item)[1].links
    assert "no purpose" in asks(reported(world, "http://be.test/b"), "curiosity")


def test_the_page_that_led_there_is_an_address_or_told_to_be_none(world: World) -> None:
    a_vault(world.now)
    item, browser = reported(world, URL), signed_in(an_analyst())
    for led, asked_for in (("the forum", 0), ("http://led.test/1", 1)):
        answer = browser.post(reverse("fetch", args=[item]), {"purpose": "assess", "referrer": led}, follow=True)
        assert ("must be an address" in answer.content.decode()) is not asked_for
        assert len(read("SELECT 1 FROM observation_fetch")) == asked_for
    text, _page = page_of(item)
    assert "led there by" in text
    assert "hxxp://led[.]test/1" in text


def test_who_may_not_fetch_is_not_asked_to(world: World) -> None:
    a_vault(world.now)
    item = reported(world, URL)
    assert reverse("fetch", args=[item]) not in page_of(item, a_manager())[1].links
    assert signed_in(a_manager()).post(reverse("fetch", args=[item]), {"purpose": "assess"}).status_code == 403


def test_what_came_is_told_hop_by_hop_and_medium_by_medium_without_a_link_to_it(world: World) -> None:
    a_vault(world.now)
    item = reported(world, URL)
    asked(world, item)
    refused = a_part("image", "http://10.0.0.1/x.png", b"", "", "not_public")
    broken = a_part("image", "http://images.be.test/y.png", b"nothing", "image/png")
    page = a_page(URL, squares(1), media=[refused, broken], needs_scripts=True)
    hops = (a_hop(URL, status=302), a_hop("https://far.be.test/b", referrer=URL, tls="expired"))
    fetched(world, replace(page, page=replace(page.page, hops=hops), named=4))
    text, shown = page_of(item)
    told = " ".join(shown.texts)
    for sentence in (
        "by scripts, which are not run here", "certificate expired", "2 addresses on the way", "coming from",
        "3 media", "of 4 named", "the address cannot be reached publicly", "not an image, whatever its server says",
    ):  # fmt: skip
        assert sentence in told
    assert "hxxps://far[.]be[.]test/b" in text
    assert "640 \N{MULTIPLICATION SIGN} 480" in told
    assert not [link for link in shown.links if re.search(r"be\.test|10\.0\.0\.1", link)]
    [capture] = read("SELECT id FROM items_capture")
    assert f"{reverse('look', args=[item])}?capture={capture['id']}" in shown.links


def test_a_refused_fetch_and_one_that_came_too_late_are_said(world: World) -> None:
    a_vault(world.now)
    item, late = reported(world, URL), reported(world, "http://be.test/late")
    asked(world, item)
    asked(world, late)
    note_offline(item_id=late, statement="gone", by=an_analyst(), at=world.now)
    fetched(world, a_page(URL, reason="decompression_bomb"))
    assert "grows beyond every bound when unpacked" in page_of(item)[0]
    assert "nothing of it was kept" in page_of(late)[0]


def test_a_known_decision_is_proposed_and_accepted_by_a_button(world: World) -> None:
    for number in (1, 2):
        confirms(world, captured_item(world, f"item-{number}"), number)
    item = captured_item(world, "again")
    text, page = page_of(item, an_analyst(3))
    assert "equal, bit for bit" in text
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key is not None
    answer = signed_in(an_analyst(3)).post(reverse("accept_known", args=[item]), {"key": key[1]}, follow=True)
    assert "Decided." in answer.content.decode()
    assert "equal, bit for bit" not in page_of(item, an_analyst(4))[0]
    assert reverse("accept_known", args=[item]) in page.links
    again = signed_in(an_analyst(3)).post(reverse("accept_known", args=[item]), {"key": key[1]}, follow=True)
    assert "proposed no more" in again.content.decode()


def test_whoever_looked_and_judged_says_on_what_it_rests(world: World) -> None:
    item, who = captured_item(world, "one"), an_analyst()
    looked(world, item, who)
    assert reverse("rest", args=[item]) not in page_of(item, who)[1].links
    assessed(world, item, says("A"), who)
    assert reverse("rest", args=[item]) in page_of(item, who)[1].links
    assert reverse("rest", args=[item]) not in page_of(item, an_analyst(2))[1].links
    signed_in(who).post(reverse("rest", args=[item]), {"medium": [str(media(item)[0]), "no id"]})
    text, page = page_of(item, who)
    assert "your opinion rests on it" in text
    assert reverse("rest", args=[item]) not in page.links
