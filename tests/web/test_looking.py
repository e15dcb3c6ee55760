"""The pages of looking: first what is known and nothing visible; then only what was asked for, for its person alone."""

import re
from uuid import UUID

import orjson
import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from maillon.web import guard
from maillon.web.details import details
from maillon.web.labels import label
from maillon.web.urls import PAGES
from tests.factories.captures import TEXT, a_capture, squares
from tests.factories.chain import assessed, events, read, reported, says
from tests.factories.people import a_manager, a_person, an_analyst, an_operator
from tests.factories.world import World
from tests.web.browser import Page, signed_in

CHANGING = re.compile(r'(name="(csrfmiddlewaretoken|form)" value|nonce)="[^"]*"')
PICTURE = re.compile(r'<img src="([^"]+)"')


@pytest.fixture(autouse=True)
def same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read the clock of the test's world: eleven in the morning in Brussels."""
    monkeypatch.setattr(guard, "CLOCK", world.clock)


@pytest.fixture
def item(world: World) -> UUID:
    """An item with a capture of two images and a text."""
    found = reported(world)
    a_capture(world, found)
    return found


def look(browser: Client, item: UUID, **more: str) -> str:
    response = browser.get(reverse("look", kwargs={"id": item}), more)
    assert response.status_code == 200
    return response.content.decode()


def ask(browser: Client, item: UUID, medium: str = "all", step: int = 0, **more: str) -> str:
    """Ask for a step; the page that follows."""
    [capture] = read("SELECT id FROM items_capture WHERE item_id = %s", [item])
    given = {"capture": capture["id"], "medium": medium, "step": step, **more}
    response = browser.post(reverse("reveal", kwargs={"id": item}), given, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def media_of(item: UUID) -> list[str]:
    return [str(row["id"]) for row in read("SELECT id FROM items_medium WHERE item_id = %s ORDER BY position", [item])]


def buttons(page: str) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]+)", page)


def test_the_warning_comes_first_and_nothing_is_visible(world: World, item: UUID) -> None:
    assessed(world, item, says("B", severity=4, flags=["belgian_victim"]))
    page = look(signed_in(an_analyst()), item)
    assert PICTURE.findall(page) == []
    assert TEXT.splitlines()[0] not in page
    shown = " ".join(Page(page).texts)
    for known in (
        "severity 4 of 5",
        "Belgian victim",
        "Image 1",
        "640 × 480",  # noqa: RUF001
        "detail 100 of 100",
        "Show all 2 blurred",
    ):
        assert known in shown, known
    assert events("revealed") == []


def test_a_blind_second_opinion_is_told_nothing_of_the_first(world: World, item: UUID) -> None:
    assessed(world, item, says("B", severity=1))
    ask(second := signed_in(an_analyst(2)), item)
    page = look(second, item)
    assert "severity" not in " ".join(Page(page).texts)
    assert "Others gave an opinion" in page
    assert {event["body"]["severity"] for event in events("revealed")} == {None}


def test_step_by_step_each_asked_for_and_no_button_jumps(world: World, item: UUID) -> None:
    browser, [first, second] = signed_in(an_analyst()), media_of(item)
    page = ask(browser, item)
    assert len(PICTURE.findall(page)) == 2
    for step, name in enumerate(("small, grey", "large, grey", "large, in colour"), start=1):
        assert buttons(page).count(f"One step further: {name}") == (2 if step == 1 else 1)
        page = ask(browser, item, first, step, at="0")
    assert buttons(page).count("One step further: small, grey") == 1
    assert [event["body"]["shown_as"] for event in events("revealed")] == [0, 0, 1, 2, 3]
    page = ask(browser, item, second, 3)
    assert "Look at the step before this one first" in page
    assert len(events("revealed")) == 5


def test_a_derivative_is_shown_to_its_person_for_its_minutes_and_is_never_the_original(
    world: World, item: UUID
) -> None:
    browser = signed_in(an_analyst())
    [address, _other] = PICTURE.findall(ask(browser, item))
    response = browser.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.content[:2] == b"\xff\xd8"
    assert squares(1) not in response.content
    assert signed_in(an_analyst(2)).get(address).status_code == 404
    assert signed_in(a_manager()).get(address).status_code == 403
    assert browser.get(address, headers={"sec-fetch-dest": "document"}).status_code == 404
    world.wait(minutes=10)
    assert browser.get(address).status_code == 404
    assert PICTURE.findall(look(browser, item)) == []


def test_a_page_s_text_is_plain_and_metered_as_text(world: World, item: UUID) -> None:
    browser = signed_in(an_analyst())
    page = ask(browser, item, "text")
    assert TEXT.splitlines()[0] in page
    [told] = events("revealed")
    assert (told["body"]["looked_at"], told["body"]["medium"]) == ("text", "")
    [reveal] = read("SELECT id FROM looking_reveal")
    assert browser.get(reverse("picture", kwargs={"id": reveal["id"]})).status_code == 404


def test_what_a_page_says_is_never_markup(world: World) -> None:
    item = reported(world)
    a_capture(world, item, text="<script>alert(1)</script> <a href='http://be.test/'>x</a>")
    page = ask(signed_in(an_analyst()), item, "text")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert not [link for link in Page(page).links if "be.test" in link]


def test_hidden_is_hidden(world: World, item: UUID) -> None:
    browser = signed_in(an_analyst())
    [address, _other] = PICTURE.findall(ask(browser, item))
    [capture] = read("SELECT id FROM items_capture")
    page = browser.post(reverse("hide", kwargs={"id": item}), {"capture": capture["id"]}, follow=True).content.decode()
    assert PICTURE.findall(page) == []
    assert browser.get(address).status_code == 404


def seen(browser: Client, seconds: int) -> dict[str, bool]:
    given = [str(row["id"]) for row in read("SELECT id FROM looking_reveal WHERE ends_at > opened_at")]
    response = browser.post(reverse("seen"), {"reveal": given, "seconds": seconds})
    assert response.status_code == 200
    found: dict[str, bool] = orjson.loads(response.content)
    return found


def an_hour_looked(world: World, browser: Client, item: UUID) -> None:
    """Six times ten minutes, as rows."""
    for _turn in range(6):
        ask(browser, item, media_of(item)[0])
        world.wait(minutes=10)


def test_after_an_hour_the_page_proposes_a_break_and_refuses_nothing(world: World, item: UUID) -> None:
    world.clock.at = world.now.replace(hour=8)
    browser = signed_in(an_analyst())
    assert re.search(r'id="pause"[^>]* hidden', look(browser, item))
    an_hour_looked(world, browser, item)
    ask(browser, item, media_of(item)[0])
    page = look(browser, item)
    assert not re.search(r'id="pause"[^>]* hidden', page)
    assert "Time for a break" in page
    world.wait(seconds=5)
    assert seen(browser, 5) == {"pause": True, "stopped": False}
    assert PICTURE.findall(page)


def test_past_the_closing_hour_the_page_says_who_may_let_one_look_on(world: World, item: UUID) -> None:
    world.clock.at = world.now.replace(hour=15, minute=30)
    a_manager()
    browser = signed_in(an_analyst())
    page = look(browser, item)
    assert "Looking is over for today" in page
    assert "manager-1 may let you look on" in page
    assert "Show all" not in page
    assert "You looked enough for today" in ask(browser, item)
    assert events("revealed") == []
    manager = signed_in(a_manager())
    given = {"person": "analyst-1", "time": "17:00", "reason": "it cannot wait"}
    assert "may look on until then" in manager.post(reverse("give_leave"), given, follow=True).content.decode()
    page = look(browser, item)
    assert "lets you look on until" in page
    assert PICTURE.findall(ask(browser, item))


def test_imminent_danger_passes_because_of_what_the_house_knows_and_not_of_what_a_browser_says(
    world: World, item: UUID
) -> None:
    world.clock.at = world.now.replace(hour=15, minute=30)
    browser = signed_in(an_analyst())
    assert not PICTURE.findall(ask(browser, item, imminent_danger="true", passed="imminent_danger"))
    assessed(world, item, says("B", severity=4, flags=["imminent_danger"]))
    assert PICTURE.findall(ask(browser, item))
    assert {event["body"]["passed"] for event in events("revealed")} == {"imminent_danger"}


def test_what_the_house_can_open_no_more_is_said_before_anybody_asks(world: World, item: UUID) -> None:
    browser = signed_in(an_analyst())
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE evidence_wrap SET due_at = %s", [world.now])
    page = look(browser, item)
    assert "This can be looked at no more" in page
    assert "Show" not in " ".join(buttons(page))


@pytest.mark.parametrize("wrong", [{"person": "nobody"}, {"time": "25:00"}, {"time": "09:00"}, {"reason": " "}])
def test_a_leave_that_cannot_be_given_says_why_and_keeps_what_was_typed(world: World, wrong: dict[str, str]) -> None:
    an_analyst()
    given = {"person": "analyst-1", "time": "17:00", "reason": "it cannot wait"} | wrong
    response = signed_in(a_manager()).post(reverse("give_leave"), given)
    assert response.status_code == 422
    assert given["reason"] in response.content.decode()
    assert read("SELECT * FROM looking_leavetolook") == []


def test_one_sees_what_one_looked_at_and_the_welfare_officer_what_everybody_did(world: World, item: UUID) -> None:
    browser = signed_in(an_analyst())
    assessed(world, item, says("B", severity=4))
    ask(browser, item)
    world.wait(minutes=3)
    own = " ".join(Page(browser.get(reverse("exposure")).content.decode()).texts)
    assert "2 views · 3 min" in own
    assert "severity 4 of 5" in own
    officer = signed_in(a_person("welfare-1", "welfare_officer"))
    welfare = " ".join(Page(officer.get(reverse("exposures")).content.decode()).texts)
    assert "analyst-1" in welfare
    assert "2 views · 3 min" in welfare
    assert "analyst-1" not in signed_in(an_analyst(2)).get(reverse("exposure")).content.decode()


@pytest.mark.parametrize("role", ["manager", "director", "senior_analyst", "operator", "analyst"])
def test_no_page_of_anybody_else_contains_what_somebody_looked_at(world: World, item: UUID, role: str) -> None:
    """Every page that opens without an id, and the item's own: the same bytes before and after somebody looked."""
    looker = signed_in(an_analyst())
    other = signed_in(a_person(f"other-{role}", role, trained=True) if role != "operator" else an_operator())
    pages = [reverse(p.name) for p in PAGES if p.method == "GET" and "<" not in p.path and p.name != "exposures"]
    pages.append(reverse("item", kwargs={"id": item}))

    def all_pages() -> dict[str, str]:
        return {page: CHANGING.sub("", other.get(page).content.decode()) for page in pages}

    before = all_pages()
    ask(looker, item)
    after = all_pages()
    assert len(read("SELECT * FROM looking_reveal")) == 2
    assert [page for page in pages if before[page] != after[page]] == []


def test_how_far_something_was_revealed_is_said_of_reveals_alone() -> None:
    bodies = {"revealed": {"shown_as": 1}, "case_late": {"step": 1}}
    said = {kind: [str(text) for _name, text in details(kind, body, "en")] for kind, body in bodies.items()}
    assert said == {"revealed": [str(label("step", "1").text)], "case_late": []}
