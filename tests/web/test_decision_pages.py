"""The pages of decisions: what waits first, one request on one screen, and every act with what follows from it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from maillon.authority.decision.services import lapse_due, leave_online
from maillon.kernel.clock import BRUSSELS, SystemClock
from maillon.outbox.acting import Actor, system_actor
from tests.factories.chain import assessed, events, read, reported, says
from tests.factories.decisions import (
    a_magistrate,
    a_measure,
    a_procedure,
    a_request,
    an_approval,
    an_item_at_police,
    an_order,
    an_organisation,
    row_of,
    state_of,
)
from tests.factories.people import a_person, a_police_officer
from tests.factories.world import World, a_world
from tests.web.browser import Page, signed_in

WORDS = "The location is made inaccessible."


@pytest.fixture
def world(houses: None, tmp_path: Path) -> World:
    """The world of an hour ago: the pages tell the time by the machine's own clock."""
    return a_world(tmp_path / "outbox", SystemClock().now() - timedelta(hours=1))


def look(who: Actor, address: str) -> str:
    answer = signed_in(who).get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def send(who: Actor, address: str, status: int, **form: str) -> str:
    answer = signed_in(who).post(address, form)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def until(world: World, days: float = 30) -> Mapping[str, str]:
    wall = (world.now + timedelta(days=days)).astimezone(BRUSSELS)
    return {"until_day": f"{wall:%Y-%m-%d}", "until_time": f"{wall:%H:%M}"}


def at_police(world: World, *pages: str, severity: int = 3, flags: tuple[str, ...] = ()) -> list[UUID]:
    """The authority's own items of some addresses, referred one after the other."""
    for page in pages:
        item = reported(world, f"http://be.test/{page}")
        world.drain()
        assessed(world, item, says("A", severity=severity, flags=flags))
        world.drain()
    found = {row["url"]: row["id"] for row in read("SELECT id, url FROM items_item", house="authority")}
    return [found[f"http://be.test/{page}"] for page in pages]


def order_of(text: str, *what: str) -> list[str]:
    return sorted(what, key=text.index)


def test_what_waits_is_listed_by_its_haste(world: World) -> None:
    mild, grave, spoken, written, online = at_police(world, "mild", "grave", "spoken", "written", "online")
    a_request(world, mild)
    haste = a_request(world, grave, urgent=True)
    approved = a_request(world, spoken)
    an_approval(world, approved)
    ordered = a_request(world, written)
    an_order(world, ordered)
    left = a_request(world, online)
    leave_online(request_id=left, until=world.now + timedelta(days=9), words=WORDS, by=a_magistrate(), at=world.now)
    shown = look(a_magistrate(), "/decisions/")
    ids = [str(id) for id in (approved, haste, ordered, left)]
    assert order_of(shown, *ids) == ids
    assert order_of(shown, "To decide", "Orders in force", "Left online until a review")[0] == "To decide"
    assert "3 days left" in shown or "2 days left" in shown  # to confirm
    assert "8 days left" in shown  # the review


def test_a_request_stands_on_one_screen(world: World) -> None:
    [item] = at_police(world, "one", severity=4, flags=("belgian_victim",))
    request = a_request(world, item)
    shown = look(a_magistrate(), f"/decisions/{request}/")
    for text in (
        "hxxp://be[.]test/one", "as the hotline assessed it", "code A of demo 1", "4 of 5", "Belgian victim",
        "Server in", "Belgium", "Public prosecutor&#x27;s office of Brussels", "article 39bis", "assumed",
    ):  # fmt: skip
        assert text in shown, text
    assert not [link for link in Page(shown).links if "be.test" in link]


def test_another_office_s_request_does_not_exist(world: World) -> None:
    request = a_request(world)
    other = a_magistrate(office="ghent-prosecutor")
    assert signed_in(other).get(f"/decisions/{request}/").status_code == 404
    assert signed_in(other).get(f"/decisions/{request}/order/").status_code == 404


def test_a_federal_magistrate_reads_another_office_s_request_and_cannot_decide_on_it(world: World) -> None:
    request, federal = a_request(world), a_magistrate(office="federal-prosecutor")
    assert f"/decisions/{request}/order/" not in look(federal, f"/decisions/{request}/")
    assert signed_in(federal).get(f"/decisions/{request}/order/").status_code == 403
    assert str(request) not in look(federal, "/decisions/")
    assert str(request) in look(federal, "/decisions/?show=open&all=1")


def test_an_order_is_shown_with_what_follows_before_it_is_given(world: World) -> None:
    request, who = a_request(world), a_magistrate()
    address = f"/decisions/{request}/order/give/"
    shown = send(who, address, 200, words=WORDS, **until(world))
    assert "Is this right?" in shown
    assert "Child Focus" in shown
    assert state_of("request", request) == "requested"
    assert read("SELECT 1 FROM decision_order", house="authority") == []
    again = send(who, address, 200, change="1", words=WORDS, **until(world))
    assert f">{WORDS}</textarea>" in again
    send(who, address, 302, sure="1", words=WORDS, **until(world))
    assert state_of("request", request) == "ordered"


def test_what_is_missing_is_said_beside_what_was_typed(world: World) -> None:
    request, who = a_request(world), a_magistrate()
    shown = send(who, f"/decisions/{request}/order/give/", 422, words="", until_day="2017-05-13", until_time="10:00")
    assert "Write it down" in shown
    assert "still to come" in shown
    assert 'value="2017-05-13"' in shown
    late = send(who, f"/decisions/{request}/order/give/", 422, words=WORDS, **until(world, 5000))
    assert "lasts until" in late
    assert f">{WORDS}</textarea>" in late


def test_an_approval_is_noted_by_the_police_and_confirmed_by_the_magistrate_alone(world: World) -> None:
    request, who, officer = a_request(world), a_magistrate(), a_police_officer()
    other = a_magistrate(2)
    now = SystemClock().now().astimezone(BRUSSELS)
    given = {"given_day": f"{now:%Y-%m-%d}", "given_time": f"{now:%H:%M}"}
    form = {"chosen": who.name, "words": "Yes, until Friday.", **given, **until(world, 4)}
    shown = send(officer, f"/decisions/{request}/approval/give/", 200, **form)
    assert "unless the magistrate confirms it before" in shown
    send(officer, f"/decisions/{request}/approval/give/", 302, sure="1", **form)
    assert "Yes, until Friday." in look(who, f"/decisions/{request}/")
    assert signed_in(other).get(f"/decisions/{request}/confirm/").status_code == 403
    assert f"/decisions/{request}/confirm/" not in look(other, f"/decisions/{request}/")
    send(who, f"/decisions/{request}/confirm/give/", 302, words="")
    assert state_of("request", request) == "confirmed"


def test_disowning_ends_it_and_the_request_waits_again(world: World) -> None:
    request = a_request(world)
    an_approval(world, request)
    shown = send(a_magistrate(), f"/decisions/{request}/disown/give/", 200, words="I was not called.")
    assert "The order by telephone ends now" in shown
    send(a_magistrate(), f"/decisions/{request}/disown/give/", 302, sure="1", words="I was not called.")
    assert state_of("request", request) == "requested"


def test_who_acted_is_named_before_an_order_is_lifted(world: World) -> None:
    request = a_request(world)
    order = an_order(world, request)
    a_measure(world, order)
    shown = send(a_magistrate(), f"/decisions/{request}/lift/give/", 200, words="No longer needed.")
    assert "Each provider that acts under it is asked to undo what it did." in shown
    assert "First hosting provider" in shown
    send(a_magistrate(), f"/decisions/{request}/lift/give/", 302, sure="1", words="No longer needed.")
    assert (state_of("order", order), state_of("request", request)) == ("lifted", "ended")
    ended = look(a_magistrate(), f"/decisions/{request}/")
    assert "asked to undo it" in ended


def test_a_refusal_is_kept_with_its_document(world: World) -> None:
    request, who = a_request(world), a_magistrate()
    send(who, f"/decisions/{request}/refuse/give/", 302, sure="1", words="The facts do not suffice.")
    assert "The facts do not suffice." in look(who, f"/decisions/{request}/")
    answer = signed_in(who).post(f"/decisions/{request}/refusal.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"


def test_an_extension_is_shown_with_its_document(world: World) -> None:
    request, who = a_request(world), a_magistrate()
    an_order(world, request)
    send(who, f"/decisions/{request}/extend/give/", 302, sure="1", words="Still needed.", **until(world, 200))
    [extension] = read("SELECT id FROM decision_extension", house="authority")
    shown = look(who, f"/decisions/{request}/")
    assert "Still needed." in shown
    assert f'action="/extensions/{extension["id"]}/extension.pdf"' in shown
    answer = signed_in(who).post(f"/extensions/{extension['id']}/extension.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_a_document_is_a_file_and_leaves_a_trace(world: World) -> None:
    order, who = an_order(world), a_magistrate()
    answer = signed_in(who).post(f"/orders/{order}/order.pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="order-{row_of("order", order)["number"]}.pdf"'
    [trace] = events("decision_document_taken", house="authority")
    assert (trace["actor"], trace["body"]["which"]) == (who.name, "order")
    assert signed_in(who).post(f"/orders/{order}/lift.pdf").status_code == 404
    assert signed_in(who).get(f"/orders/{order}/order.pdf").status_code == 405


def test_left_online_can_be_put_off_and_ended(world: World) -> None:
    request, who = a_request(world), a_magistrate()
    send(who, f"/decisions/{request}/leave-online/give/", 302, sure="1", words=WORDS, **until(world, 10))
    assert "Notices abroad wait too." in look(who, f"/decisions/{request}/")
    send(who, f"/decisions/{request}/later-review/give/", 302, sure="1", words=WORDS, **until(world, 20))
    send(who, f"/decisions/{request}/end-hold/give/", 302, sure="1", words=WORDS)
    assert state_of("request", request) == "requested"


def test_no_provider_is_offered_without_a_procedure_in_force(world: World) -> None:
    request, officer = a_request(world), a_police_officer()
    an_order(world, request)
    an_organisation("hoster-1"), an_organisation("access-1")
    assert "Nobody can be asked now" in look(officer, f"/decisions/{request}/measure/")
    a_procedure()
    shown = look(officer, f"/decisions/{request}/measure/")
    assert 'value="hoster-1"' in shown
    assert 'value="access-1"' not in shown
    send(officer, f"/decisions/{request}/measure/give/", 302, sure="1", chosen="hoster-1")
    [measure] = read("SELECT * FROM decision_measure", house="authority")
    assert "First hosting provider" in look(officer, f"/decisions/{request}/")
    send(officer, f"/decisions/{request}/answer/give/", 302, chosen=f"done:{measure['id']}", words="By telephone.")
    assert state_of("measure", measure["id"]) == "done"
    assert "carried out" in look(officer, f"/decisions/{request}/")


def test_an_answer_of_no_measure_is_refused(world: World) -> None:
    request, officer = a_request(world), a_police_officer()
    a_measure(world, an_order(world, request))
    send(officer, f"/decisions/{request}/answer/give/", 422, chosen="done:none", words="By telephone.")
    send(officer, f"/decisions/{request}/answer/give/", 422, chosen="perhaps", words="By telephone.")
    [measure] = read("SELECT * FROM decision_measure", house="authority")
    send(officer, f"/decisions/{request}/answer/give/", 422, chosen=f"perhaps:{measure['id']}", words="By telephone.")


def test_an_answer_is_noted_where_its_measure_was_asked_for(world: World) -> None:
    elsewhere, officer = a_request(world, kind="blocking"), a_police_officer()
    measure = a_measure(world, an_order(world, a_request(world)))
    send(officer, f"/decisions/{elsewhere}/answer/give/", 422, chosen=f"done:{measure}", words="By telephone.")
    assert state_of("measure", measure) == "asked"


def test_the_police_ask_and_withdraw(world: World) -> None:
    item, officer = an_item_at_police(world), a_police_officer()
    a_magistrate()
    assert f"/items/{item}/request/" in look(officer, f"/items/{item}/")
    form = {"kind": "removal", "office": "brussels-prosecutor", "language": "nl", "reasons": "Neutral reasons."}
    assert "Choose one." in send(officer, f"/items/{item}/request/send/", 422, **{**form, "kind": ""})
    send(officer, f"/items/{item}/request/send/", 302, **form)
    [request] = read("SELECT id, state FROM decision_request", house="authority")
    assert str(request["id"]) in look(officer, f"/items/{item}/")
    assert "is requested already" in send(officer, f"/items/{item}/request/send/", 422, **form)
    send(officer, f"/decisions/{request['id']}/withdraw/give/", 302, sure="1", words="Another way was found.")
    assert state_of("request", request["id"]) == "withdrawn"


def test_what_lapsed_says_so(world: World) -> None:
    request = a_request(world)
    an_approval(world, request)
    at = row_of("request", request)["requested_at"]
    lapsing: datetime = at + timedelta(days=4)
    lapse_due(by=system_actor("authority", "clock"), at=lapsing)
    shown = look(a_magistrate(), f"/decisions/{request}/")
    assert '<span class="badge badge-care">lapsed</span>' in shown
    assert f"/decisions/{request}/confirm/" not in shown
    assert state_of("request", request) == "requested"


def test_a_clerk_reads_and_decides_nothing(world: World) -> None:
    request = a_request(world)
    clerk = a_person("clerk-1", "prosecutor_clerk", "brussels-prosecutor", "authority")
    assert 'class="acts"' not in look(clerk, f"/decisions/{request}/")
    assert signed_in(clerk).get(f"/decisions/{request}/order/").status_code == 403


def test_the_overview_tells_a_magistrate_what_waits(world: World) -> None:
    an_approval(world)
    shown = look(a_magistrate(), "/")
    assert "Your approvals by telephone, to confirm" in shown
    assert "Requests to decide" in shown


def test_procedures_are_recorded_and_ended_with_a_reason(world: World) -> None:
    who = a_magistrate()
    assert "No procedure is in force for: removal" in look(who, "/procedures/")
    form = {
        "kind": "removal", "name": "A procedure", "agreed_on": "2026-01-01", "valid_from": "2026-01-02",
        "valid_until": "", "source": "a neutral source",
    }  # fmt: skip
    client = signed_in(who)
    parties = ["justice", "hotline"]
    assert client.post("/procedures/add/", {**form, "party": parties}).status_code == 422
    assert client.post("/procedures/add/", {**form, "party": [*parties, "providers"]}).status_code == 302
    [row] = read("SELECT id FROM decision_procedure", house="authority")
    ending = {"procedure": str(row["id"]), "on": "2026-12-01", "reason": "replaced by another"}
    assert client.post("/procedures/end/", {**ending, "on": ""}).status_code == 422
    assert client.post("/procedures/end/", ending).status_code == 302
    assert [event["body"]["reason"] for event in events("procedure_ended", "authority")] == ["replaced by another"]
