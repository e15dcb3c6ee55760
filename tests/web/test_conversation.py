"""One report's page: what was told, the conversation, the contact with a reason; and reports without an address."""

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.hotline.intake.following import reporter_writes
from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import reporter_actor, submit
from maillon.outbox.acting import Actor
from maillon.web.reporter.keys import KEYS
from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_police_officer, a_senior, an_analyst
from tests.factories.world import World
from tests.web.browser import Page, signed_in

RECEIPT = new_receipt(KEYS.making, "a form")
CONTACT = "a contact at example.test"


@pytest.fixture
def told(world: World) -> UUID:
    """A report in Dutch that names no address, with a contact, and one answer of its author."""
    hashed = hash_receipt(KEYS.storing, RECEIPT)
    submit(
        receipt_hash=hashed, language="nl", text="", remark="<b>op een forum</b>", contact=CONTACT, stated=["minor"],
        by=reporter_actor(), at=world.now,
    )  # fmt: skip
    world.drain()
    reporter_writes(receipt_hash=hashed, receipt=RECEIPT, text="het was gisteren", by=reporter_actor(), at=world.now)
    (report,) = read("SELECT id FROM intake_report")
    return UUID(str(report["id"]))


def page(who: Actor, report: UUID) -> str:
    return signed_in(who).get(reverse("report", args=[report])).content.decode()


def posted(who: Actor, name: str, report: UUID, **given: str) -> Any:
    return signed_in(who).post(reverse(name, args=[report]), given)


def messages() -> list[tuple[str, str, bool]]:
    found = read("SELECT side, text, read_at FROM intake_reporter_message ORDER BY written_at, id")
    return [(row["side"], row["text"], row["read_at"] is not None) for row in found]


def test_the_page_shows_what_was_told_as_text(told: UUID) -> None:
    html = page(an_analyst(), told)
    assert "&lt;b&gt;op een forum&lt;/b&gt;" in html
    assert "het was gisteren" in html
    assert "the reporter is a minor" in html
    assert CONTACT not in html
    assert RECEIPT not in html


def test_looking_at_the_page_changes_nothing(told: UUID) -> None:
    analyst = an_analyst()
    before = (messages(), read("SELECT count(*) FROM outbox_event"))
    page(analyst, told)
    assert (messages(), read("SELECT count(*) FROM outbox_event")) == before


def test_writing_leaves_a_message_and_reads_the_answers(told: UUID) -> None:
    response = posted(an_analyst(), "write_to_reporter", told, text="Waar was het?")
    assert response["Location"] == reverse("report", args=[told])
    assert sorted(messages()) == [("hotline", "Waar was het?", False), ("reporter", "het was gisteren", True)]
    assert "unread" not in page(an_analyst(), told)


def test_an_answer_can_be_marked_as_read(told: UUID) -> None:
    assert "unread" in page(an_analyst(), told)
    posted(an_analyst(), "read_answers", told)
    assert messages() == [("reporter", "het was gisteren", True)]


def test_an_empty_message_is_refused_beside_its_field(told: UUID) -> None:
    response = posted(an_analyst(), "write_to_reporter", told, text=" ")
    assert response.status_code == 422
    marked = [g for _tag, g in Page(response.content.decode()).elements if g.get("aria-invalid") == "true"]
    assert [given["name"] for given in marked] == ["text"]
    assert len(messages()) == 1


def test_the_contact_is_shown_once_for_a_reason_that_stays_on_record(told: UUID) -> None:
    response = posted(a_senior(), "read_contact", told, reason="asked to be called")
    assert CONTACT in response.content.decode()
    (event,) = events("contact_read")
    assert event["body"]["reason"] == "asked to be called"
    assert event["actor"] == "senior-1"
    assert CONTACT not in page(a_senior(), told)


def test_without_a_reason_no_contact_is_shown(told: UUID) -> None:
    response = posted(a_manager(), "read_contact", told, reason=" ")
    assert (response.status_code, events("contact_read")) == (422, [])
    assert CONTACT not in response.content.decode()


def test_an_analyst_does_not_read_contacts(told: UUID) -> None:
    assert posted(an_analyst(), "read_contact", told, reason="why not").status_code == 403
    assert reverse("read_contact", args=[told]) not in page(an_analyst(), told)


def test_a_manager_reads_and_does_not_write(told: UUID) -> None:
    assert reverse("write_to_reporter", args=[told]) not in page(a_manager(), told)
    assert posted(a_manager(), "write_to_reporter", told, text="x").status_code == 403


def test_a_report_that_is_none_or_another_house_s_does_not_exist(told: UUID) -> None:
    missing = UUID("01900000-0000-7000-8000-000000000000")
    assert signed_in(an_analyst()).get(reverse("report", args=[missing])).status_code == 404
    assert posted(an_analyst(), "write_to_reporter", missing, text="x").status_code == 404
    assert signed_in(a_police_officer()).get(reverse("report", args=[told])).status_code == 404


def test_a_report_without_an_address_waits_until_it_has_one(world: World, told: UUID) -> None:
    assert "op een forum" in signed_in(an_analyst()).get(reverse("unplaced")).content.decode()
    response = posted(an_analyst(), "place", told, text="http://be.test/there")
    assert response["Location"] == reverse("unplaced")
    world.drain()
    assert "op een forum" not in signed_in(an_analyst()).get(reverse("unplaced")).content.decode()
    assert [row["url"] for row in read("SELECT url FROM items_item")] == ["http://be.test/there"]
    assert "hxxp://be[.]test/there" in page(an_analyst(), told)


def test_what_is_no_address_is_refused_with_what_was_typed(told: UUID) -> None:
    response = posted(an_analyst(), "place", told, text="a forum, I think")
    assert response.status_code == 422
    (field,) = [g for _tag, g in Page(response.content.decode()).elements if g.get("aria-invalid") == "true"]
    assert (field["name"], field["value"]) == ("text", "a forum, I think")


def test_a_report_that_leads_nowhere_is_closed_with_a_reason(told: UUID) -> None:
    assert posted(an_analyst(), "close_report", told, reason="").status_code == 422
    posted(an_analyst(), "close_report", told, reason="nothing to look at")
    assert [row["state"] for row in read("SELECT state FROM intake_report")] == ["closed"]
    assert "closed without an item" in page(an_analyst(), told)


def test_a_report_that_was_closed_meanwhile_is_not_closed_again(told: UUID) -> None:
    posted(an_analyst(), "close_report", told, reason="nothing to look at")
    response = posted(an_analyst(2), "close_report", told, reason="nothing at all")
    assert response.status_code == 422
    assert len(events("report_closed")) == 1
