"""Oversight's pages: broken glass shows on every page of whoever broke it, and is reviewed; so is the week's sample."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.access.breaking import break_glass
from maillon.access.overseen import glasses
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import acting
from maillon.outbox.sql import rows
from tests.factories.chain import a_case, events
from tests.factories.overseen import WEEK, an_overseer, drawn, lists_taken_out, the_entries
from tests.factories.people import a_manager, a_person, a_senior, an_analyst
from tests.factories.reporters import submitted
from tests.factories.world import World
from tests.web.browser import Page, signed_in

BANNER = "Glass broken: you hold the clearance"


def the_week(page: str = "oversight_week") -> str:
    return reverse(page, args=[WEEK.isoformat()])


def test_whoever_breaks_the_glass_sees_so_on_every_page_until_it_is_given_back(world: World) -> None:
    senior = signed_in(a_senior())
    assert senior.post(reverse("break_glass"), {"label": "restricted", "reason": "ill"}).status_code == 302
    pages = [senior.get(reverse(name)).content.decode() for name in ("overview", "items", "glass", "keys")]
    assert all(BANNER in page and "29 minutes" in page for page in pages)
    assert BANNER not in signed_in(a_manager()).get("/").content.decode()
    with acting(an_overseer()):
        [glass] = glasses(reviewed=False)
    senior.post(reverse("mend_glass", args=[glass["id"]]))
    assert BANNER not in senior.get("/").content.decode()


@pytest.mark.parametrize("sent", [{}, {"label": "restricted"}, {"label": "all", "reason": "so"}, {"reason": "so"}])
def test_what_is_missing_is_asked_for_and_nothing_is_broken(world: World, sent: dict[str, str]) -> None:
    answer = signed_in(a_senior()).post(reverse("break_glass"), sent)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert events("glass_broken") == []


def test_oversight_is_told_at_once_and_reviews_in_words(world: World) -> None:
    glass = break_glass(label="sealed", reason="a colleague is ill", by=a_senior(), at=world.now)
    overseer = signed_in(an_overseer())
    assert "Broken glass to review" in overseer.get("/").content.decode()
    page = overseer.get(reverse("oversight")).content.decode()
    assert "senior-1" in page
    assert "a colleague is ill" in page
    review = reverse("review_glass", args=[glass])
    assert overseer.post(review, {"finding": "in_order", "words": ""}).status_code == 422
    assert overseer.post(review, {"finding": "in_order", "words": "It was urgent."}).status_code == 302
    assert "It was urgent." in overseer.get(reverse("oversight")).content.decode()


def test_a_week_is_reviewed_event_by_event_and_signed_off(world: World) -> None:
    lists_taken_out(2)
    drawn()
    overseer, (first, second) = signed_in(an_overseer()), the_entries()
    assert the_week() in overseer.get(reverse("oversight")).content.decode()
    page = overseer.get(the_week()).content.decode()
    assert "the sample is the same" in page
    assert "reason 0" in page
    assert "Sign this week off" not in page
    assert overseer.post(the_week("sign_off")).status_code == 422
    for entry, sent in ((first, {"finding": "in_order"}), (second, {"finding": "question", "words": "Why?"})):
        answer = overseer.post(the_week("review_entry"), {"event": entry["event_id"], **sent})
        assert answer.headers["Location"] == f"{the_week()}#event-{entry['event_id']}"
    assert overseer.post(the_week("sign_off"), {"words": "Done."}).status_code == 302
    assert "Note the finding" not in overseer.get(the_week()).content.decode()


def test_a_finding_without_what_it_takes_is_asked_for_beside_its_event(world: World) -> None:
    lists_taken_out(1)
    drawn()
    [entry] = the_entries()
    for sent in ({}, {"finding": "question"}):
        answer = signed_in(an_overseer()).post(the_week("review_entry"), {"event": entry["event_id"], **sent})
        assert answer.status_code == 422
        assert f'id="error-{entry["event_id"]}"' in answer.content.decode()


def test_a_question_is_answered_by_who_manages_the_house(world: World) -> None:
    lists_taken_out(1)
    drawn()
    [entry] = the_entries()
    asks = {"event": entry["event_id"], "finding": "question", "words": "Why so many?"}
    signed_in(an_overseer()).post(the_week("review_entry"), asks)
    manager, page = signed_in(a_manager()), reverse("oversight_asks")
    assert page in manager.get("/").content.decode()
    assert "Why so many?" in manager.get(page).content.decode()
    about = {"about": f"{WEEK}~{entry['event_id']}"}
    assert manager.post(reverse("answer_oversight"), {**about, "answer": " "}).status_code == 422
    assert manager.post(reverse("answer_oversight"), {**about, "answer": "An audit."}).status_code == 302
    assert "Oversight asks nothing" in manager.get(page).content.decode()
    assert "An audit." in signed_in(an_overseer()).get(the_week()).content.decode()


def test_oversight_sees_no_address_and_nothing_beyond_what_it_reviews(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://be.test/secret-path")
    lists_taken_out(1)
    drawn()
    break_glass(label="restricted", reason="ill", by=a_senior(), at=world.now)
    overseer = signed_in(an_overseer())
    for address in ("/", reverse("oversight"), the_week()):
        page = overseer.get(address).content.decode()
        assert "be.test" not in page
        assert str(item) not in page
        assert "Assessed" not in page
    closed = [reverse("items"), reverse("item", args=[item]), reverse("referrals"), reverse("load"), reverse("figures")]
    assert {overseer.get(address).status_code for address in closed} == {403}


def test_the_database_shows_oversight_no_item_no_report_and_no_contact(world: World) -> None:
    submitted(contact="c@mail.test")
    world.drain()
    a_case(world, in_state="settled")
    tables = ("items_item", "items_site", "intake_report", "intake_contact", "referral_referral", "partners_message")
    with acting(an_overseer()):
        assert {table: rows(f"SELECT 1 FROM {table}") for table in tables} == {table: [] for table in tables}
        assert rows("SELECT 1 FROM outbox_event LIMIT 1") != []


def test_nobody_else_opens_oversights_pages_and_oversight_breaks_no_glass(world: World) -> None:
    drawn()
    for who in (an_analyst(), a_manager()):
        assert signed_in(who).get(reverse("oversight")).status_code == 403
        assert signed_in(who).get(the_week()).status_code == 403
    assert signed_in(an_overseer()).get(reverse("glass")).status_code == 403
    assert signed_in(an_analyst()).get(reverse("glass")).status_code == 403


@pytest.mark.parametrize("week", ["2026-02-24", "2020-01-06", "never"])
def test_a_week_that_was_not_drawn_is_not_there(world: World, week: str) -> None:
    drawn()
    assert signed_in(an_overseer()).get(reverse("oversight_week", args=[week])).status_code == 404


def test_an_altered_log_shows(world: World) -> None:
    lists_taken_out(2)
    drawn()
    lists_taken_out(1)  # recorded as of a week that was drawn from already
    assert "was altered" in signed_in(an_overseer()).get(the_week()).content.decode()


def test_each_house_has_its_own_oversight(world: World) -> None:
    officer = a_person("officer-9", "police_officer", house="authority")
    glass = break_glass(label="restricted", reason="ill", by=officer, at=SystemClock().now() - timedelta(minutes=1))
    assert BANNER in signed_in(officer).get("/").content.decode()
    here, there = signed_in(an_overseer()), signed_in(an_overseer("authority"))
    assert "officer-9" not in here.get(reverse("oversight")).content.decode()
    assert "officer-9" in there.get(reverse("oversight")).content.decode()
    sent = {"finding": "in_order", "words": "fine"}
    assert here.post(reverse("review_glass", args=[glass]), sent).status_code == 404
    assert here.post(reverse("review_glass", args=[UUID(int=1)]), sent).status_code == 404
    assert Page(there.get(reverse("oversight")).content.decode()).language == "en"
