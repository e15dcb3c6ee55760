"""An item as one screen: what is known, what will follow, the decision, and taking it back."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from maillon.access.services import record_training
from maillon.outbox.acting import Actor
from maillon.web import guard
from tests.factories.chain import a_case, an_item, assessed, case_of, read, referrals_of, reported, says
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator
from tests.factories.queue import claimed
from tests.factories.world import World
from tests.web.browser import signed_in

CODE_A = {"code": "demo/1/A", "severity": "3"}
FORM = 'name="code"'
REASON = "words that only the first one wrote"


@pytest.fixture(autouse=True)
def same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read the clock of the test's world."""
    monkeypatch.setattr(guard, "CLOCK", world.clock)


def page(item: UUID, who: Actor | Client, query: str = "") -> str:
    browser = who if isinstance(who, Client) else signed_in(who)
    response = browser.get(f"{reverse('item', kwargs={'id': item})}{query}")
    assert response.status_code == 200
    return response.content.decode()


def decide(browser: Client, item: UUID, **form: object) -> str:
    response = browser.post(reverse("decide", kwargs={"id": item}), {**CODE_A, "then": "next", **form})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def located(world: World, text: str = "http://be.test/a") -> UUID:
    item = reported(world, text)
    world.drain()
    world.wait(seconds=1)
    return item


def test_the_form_stands_there_for_whoever_holds_the_claim_and_for_nobody_else(world: World) -> None:
    item = located(world)
    assert FORM not in page(item, an_analyst())
    assert "Take it" in page(item, an_analyst())
    claimed(world, item)
    assert FORM in page(item, an_analyst())
    assert "Yours for" in page(item, an_analyst())
    theirs = page(item, an_analyst(2))
    assert "analyst-1 is at it" in theirs
    assert FORM not in theirs
    assert FORM not in page(item, a_manager())


def test_who_was_not_trained_reads_why_there_is_no_form(world: World) -> None:
    item, newcomer = located(world), an_analyst(7, trained=False)
    html = page(item, newcomer)
    assert "No training for the first analysis is in force" in html
    assert "Take it" not in html
    day = world.now.date()
    record_training(person=newcomer.name, course="first-analysis", valid_from=day, valid_until=day.replace(year=2099),
                    by=an_operator(), at=world.now)  # fmt: skip
    assert "Take it" in page(item, newcomer)


def test_deciding_leads_to_what_one_still_holds_where_nothing_else_waits(world: World) -> None:
    kept, item = located(world), located(world, "http://nl.test/a")
    claimed(world, kept)
    claimed(world, item)
    assert decide(signed_in(an_analyst()), item).startswith(f"/items/{kept}/")


def test_deciding_leads_to_the_next_item_and_names_what_was_decided(world: World) -> None:
    first, second = located(world), located(world, "http://nl.test/a")
    claimed(world, first)
    browser = signed_in(an_analyst())
    assert decide(browser, first, site="nl.test") == f"/items/{second}/?site=nl.test&decided={first}"
    assert case_of(first)["state"] == "settled"
    assert case_of(second)["claimed_by"] == "analyst-1"
    html = page(second, browser, f"?decided={first}")
    assert "Decided:" in html
    assert "be.test" in html
    assert reverse("undo", kwargs={"id": first}) in html
    assert 'data-left="30"' in html


def test_the_last_decision_leads_to_a_calm_queue(world: World) -> None:
    item = located(world)
    claimed(world, item)
    browser = signed_in(an_analyst())
    address = decide(browser, item)
    assert address == f"/queue/?decided={item}"
    html = browser.get(address).content.decode()
    assert "Nothing waits here" in html
    assert "Decided:" in html


def test_undo_within_the_grace_brings_the_item_back_and_nothing_was_sent(world: World) -> None:
    item = located(world)
    claimed(world, item)
    browser = signed_in(an_analyst())
    decide(browser, item)
    world.hand_over()
    world.wait(seconds=20)
    undone = browser.post(reverse("undo", kwargs={"id": item}), {"country": "BE"})
    assert undone["Location"] == f"/items/{item}/?country=BE"
    assert FORM in page(item, browser)
    world.drain(grace=True)
    assert case_of(item)["state"] == "waiting"
    assert {row["state"] for row in referrals_of(item)} <= {"withdrawn"}


def test_after_the_grace_there_is_no_undo(world: World) -> None:
    item = located(world)
    claimed(world, item)
    browser = signed_in(an_analyst())
    decide(browser, item)
    world.wait(seconds=30)
    assert reverse("undo", kwargs={"id": item}) not in page(item, browser, f"?decided={item}")
    refused = browser.post(reverse("undo", kwargs={"id": item}))
    assert refused.status_code == 409
    assert 'lang="en"' in refused.content.decode()
    assert "seconds to undo" in refused.content.decode()


def test_an_opinion_of_somebody_else_is_nobody_s_to_undo(world: World) -> None:
    item = located(world)
    assessed(world, item, says("A"))
    other = signed_in(an_analyst(2))
    assert "Decided:" not in page(item, other, f"?decided={item}")
    assert other.post(reverse("undo", kwargs={"id": item})).status_code == 409


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"code": ""}, "Choose a code."),
        ({"code": "demo/1/Z"}, "Choose a code."),
        ({"severity": ""}, "State a severity"),
        ({"severity": "9"}, "from 1 to 5"),
        ({"reason": "x" * 2001}, "Make the reason shorter."),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_keeps_what_was_written(
    form: dict[str, str], sentence: str, world: World
) -> None:
    item = located(world)
    claimed(world, item)
    given = {**CODE_A, "flag": ["belgian_victim"], "reason": "kept", **form}
    response = signed_in(an_analyst()).post(reverse("decide", kwargs={"id": item}), given)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert given["reason"] in html
    assert re.search(r'value="belgian_victim" checked', html)
    assert case_of(item)["state"] == "waiting"


def test_what_somebody_else_claimed_meanwhile_is_not_decided(world: World) -> None:
    item = located(world)
    claimed(world, item, an_analyst(2))
    response = signed_in(an_analyst()).post(reverse("decide", kwargs={"id": item}), CODE_A)
    assert response.status_code == 409
    assert read("SELECT id FROM analysis_assessment") == []


def lines(html: str) -> dict[str, str]:
    """What follows, as text by its classes."""
    found = re.findall(r'<li class="follows ([^"]+)">(.*?)</li>', html, re.S)
    return {classes: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for classes, text in found}


def test_beside_each_choice_stands_who_must_agree_who_gets_it_and_on_whose_word(world: World) -> None:
    item = located(world, "http://nl.test/a")
    claimed(world, item)
    shown = lines(page(item, an_analyst()))
    usual, borderline = shown["c1 s2 s3 s4 s5 d0 f0 f1"], shown["c1 s1 d0 f0 f1"]
    assert "One opinion settles it." in usual
    assert "INHOPE hotline, Netherlands to act on within 1 working day" in usual
    assert "Federal Police a copy within 1 working hour" in usual
    assert "route/5 source read" in usual
    assert "send_within/2 assumed" in usual
    assert "2 opinions that agree settle it." in borderline
    danger = shown["c1 s1 s2 s3 s4 s5 d1 f0"]
    assert "Federal Police imminent danger within 1 hour" in danger
    assert "It goes to nobody." in shown["c3 s0 s1 s2 s3 s4 s5 d0 f0"]


def test_of_an_item_not_located_yet_it_says_so(world: World) -> None:
    item = reported(world)
    world.hand_over()
    claimed(world, item)
    assert all("place" in text or "nobody" in text for text in lines(page(item, an_analyst())).values())


def test_a_second_opinion_sees_nothing_of_the_first(world: World) -> None:
    item = located(world)
    assessed(world, item, says("B", severity=1, flags=["belgian_suspect"], reason=REASON))
    world.wait(seconds=60)
    claimed(world, item, an_analyst(2))
    html = page(item, an_analyst(2))
    assert FORM in html
    assert "without knowing the first" in html
    assert REASON not in html
    assert "code B of" not in html
    assert "<dt>code</dt>" not in html
    assert "Belgian suspect</span>" not in html.split('id="decision"')[0]
    assert REASON in page(item, an_analyst())


def test_what_is_in_doubt_again_says_nothing_of_the_opinion_that_stands(world: World) -> None:
    item = located(world, "http://be.test/a")
    assessed(world, item, says("A", severity=4, reason=REASON))
    world.drain(grace=True)
    assessed(world, item, says("A", severity=1, reason=REASON))
    world.drain(grace=True)
    other = located(world, "http://be.test/b")
    assert case_of(item)["state"] == "second_opinion"
    for html in (page(item, an_analyst(2)), page(other, an_analyst(2))):
        shown = " ".join(re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("<dialog")[0]).split())
        assert REASON not in shown
        assert "code A of" not in shown
        assert "severity: 4" not in shown
        assert "1 illegal" not in shown
        assert "last settled as" not in shown
        assert "opinions_needed" not in shown
        assert "Federal Police" not in shown
    overview = signed_in(an_analyst(2)).get(reverse("overview")).content.decode()
    assert "Referral" not in overview.split("What happened last")[1]
    assert "Message" not in overview.split("What happened last")[1]
    listed = reverse("referrals") + "?show=all"
    assert "Federal Police" not in signed_in(an_analyst(2)).get(listed).content.decode()
    assert "Federal Police" in signed_in(an_analyst(1)).get(listed).content.decode()
    assert "Federal Police" in page(item, an_analyst(1))


def test_a_dispute_lies_side_by_side_before_the_senior_and_the_senior_decides(world: World) -> None:
    item = located(world)
    assessed(world, item, says("B", severity=1, reason=REASON))
    assessed(world, item, says("N", reason="the opposite"), an_analyst(2))
    world.wait(seconds=60)
    assert "a senior analyst decides" in page(item, an_analyst(3))
    senior = a_senior()
    claimed(world, item, senior)
    html = page(item, senior)
    pair = html.split('class="pair"')[1].split("</section>")[0]
    assert pair.count('class="card"') == 2
    assert REASON in pair
    assert "the opposite" in pair
    assert "Your opinion decides" in html
    decide(signed_in(senior), item, code="demo/1/N", severity="")
    assert case_of(item)["state"] == "settled"


def test_an_opinion_on_what_is_settled_changes_it_and_stays_at_the_item(world: World) -> None:
    item = an_item(world, in_state="illegal")
    browser = signed_in(an_analyst())
    html = page(item, browser)
    assert "Give another opinion" in html
    assert re.search(r'value="demo/1/A"[^>]* checked', html)
    assert decide(browser, item, code="demo/1/N", severity="", then="item") == f"/items/{item}/"
    assert case_of(item)["outcome"] == "not_illegal"
    assert "Your opinion is changed." in page(item, browser)


def test_what_is_known_of_its_like_stands_beside_it(world: World) -> None:
    decided = an_item(world, in_state="illegal", text="http://be.test/gallery?n=1")
    elsewhere = an_item(world, in_state="not_illegal", text="http://be.test/other")
    other = an_item(world, in_state="illegal", text="http://nl.test/gallery?n=1")
    item = located(world, "http://be.test/gallery?n=2")
    html = page(item, an_analyst()).split('id="similar"')[1].split("</section>")[0]
    same, last = html.split("Last decisions on this site")
    assert str(decided) in same
    assert str(elsewhere) not in same
    assert str(decided) in last
    assert str(elsewhere) in last
    assert str(other) not in html
    assert "2 other items, 1 illegal, 1 not illegal" in " ".join(html.split())


def test_addresses_are_spoilt_and_never_linked(world: World) -> None:
    html = page(located(world, "http://be.test/a?x=1"), an_analyst())
    assert "hxxp://be[.]test/a?x=1" in html
    assert "http://be.test" not in html


def test_a_case_of_another_round_is_judged_anew(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.wait(days=1)
    reported(world, "http://be.test/a")
    world.drain()
    claimed(world, item)
    decide(signed_in(an_analyst()), item)
    assert case_of(item)["round"] == 2
    assert case_of(item)["state"] == "settled"
