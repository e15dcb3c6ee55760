"""Acknowledging what arrived."""

from uuid import UUID

from django.urls import reverse

from tests.factories.chain import a_referral, read, waiting_arrivals
from tests.factories.people import a_police_officer
from tests.factories.world import World
from tests.web.browser import signed_in
from tests.web.conftest import Lived


def acknowledged_at(id: UUID) -> str:
    return reverse("acknowledge", kwargs={"id": id})


def test_an_officer_acknowledges_once_and_it_no_longer_waits(world: World) -> None:
    a_referral(world, in_state="sent")
    (arrival,) = waiting_arrivals()
    officer = signed_in(a_police_officer())
    assert acknowledged_at(arrival["id"]) in officer.get(reverse("arrivals")).content.decode()
    for _twice in range(2):
        assert officer.post(acknowledged_at(arrival["id"])).status_code == 302
    html = officer.get(reverse("arrivals")).content.decode()
    assert "Acknowledged; the sender will be told." in html
    assert acknowledged_at(arrival["id"]) not in html
    (row,) = read("SELECT state, acknowledged_by FROM inbox_arrival", house="authority")
    assert row == {"state": "acknowledged", "acknowledged_by": "officer-1"}


def test_what_was_called_back_can_no_longer_be_acknowledged(lived: Lived) -> None:
    (row,) = read("SELECT id FROM inbox_arrival WHERE state = 'recalled'", house="authority")
    response = signed_in(a_police_officer()).post(acknowledged_at(row["id"]))
    assert response.status_code == 409
    assert "This is no longer possible" in response.content.decode()


def test_a_form_of_another_site_acknowledges_nothing(world: World) -> None:
    a_referral(world, in_state="sent")
    (arrival,) = waiting_arrivals()
    officer = signed_in(a_police_officer(), enforce_csrf_checks=True)
    assert officer.post(acknowledged_at(arrival["id"])).status_code == 403
    assert len(waiting_arrivals()) == 1


def test_the_gravest_stands_on_top_and_imminent_danger_above_all(lived: Lived) -> None:
    html = signed_in(a_police_officer()).get(reverse("arrivals"), {"show": "all"}).content.decode()
    assert html.index(">nl.test<") < html.index(">be.test<")
