"""Who comes through which door."""

import re
from uuid import UUID

import pytest
from django.core.checks import run_checks
from django.test import Client, override_settings
from django.urls import path, resolve, reverse

from maillon.access.models import Login
from maillon.outbox.acting import HOUSES, Actor
from maillon.web.checks import every_route_declares_its_permission
from maillon.web.context import FOOT, MENU
from maillon.web.guard import Page, open_to_all
from maillon.web.urls import PAGES, urlpatterns
from tests.accessibility.addresses import viewers
from tests.factories.people import a_manager, a_person, a_police_officer, an_analyst, an_operator
from tests.web.browser import signed_in

MISSING = UUID("01900000-0000-7000-8000-000000000000")


def address(page: Page) -> str:
    """The page's address, with something in the place of each of its parts."""
    parts = {"uuid": MISSING, "int": 2026, "slug": "sample" if page.name == "design_chart" else "months", "str": "x"}
    return reverse(page.name, kwargs={name: parts[kind] for kind, name in re.findall(r"<(\w+):(\w+)>", page.path)})


class WithAForgottenRoute:
    urlpatterns = (*urlpatterns, path("forgotten/", lambda request: None))


class WithADeclaredRoute:
    urlpatterns = (*urlpatterns, path("declared/", open_to_all(lambda request: None)))


def test_every_route_declares_a_permission() -> None:
    assert every_route_declares_its_permission(None) == []


@override_settings(ROOT_URLCONF=WithAForgottenRoute)
def test_a_route_that_declares_none_is_an_error_that_names_it() -> None:
    (error,) = [e for e in run_checks() if e.id == "web.E001"]
    assert error.is_serious()
    assert "/forgotten/" in error.msg


@override_settings(ROOT_URLCONF=WithADeclaredRoute)
def test_a_route_that_declares_to_be_open_is_none() -> None:
    assert [e for e in run_checks() if e.id == "web.E001"] == []


def test_who_is_not_signed_in_is_sent_to_sign_in(houses: None) -> None:
    door = reverse("account_login")
    for page in PAGES:
        response = Client().generic(page.method, address(page))
        assert (response.status_code, response["Location"].startswith(door)) == (302, True), page.name


def test_an_account_that_may_not_see_pages_sees_none(houses: None) -> None:
    browsers = {house: signed_in(an_operator(house)) for house in HOUSES}
    for page in PAGES:
        response = browsers[page.houses[0]].generic(page.method, address(page))
        assert response.status_code == 403, page.name
        assert "Not for this account" in response.content.decode(), page.name


def test_a_role_opens_its_pages_and_no_others(houses: None) -> None:
    director = signed_in(a_person("director-1", "director"))
    read = [p for p in PAGES if "hotline" in p.houses and p.method == "GET"]
    found = {p.name: director.get(address(p)).status_code for p in read}
    assert set(found.values()) == {200, 403}
    assert {name for name, status in found.items() if status == 200} == {
        "overview", "referrals", "load", "figures", "figures_table", "chart", "design", "design_chart",
        "keys",
    }  # fmt: skip


@pytest.mark.parametrize("who", [a_manager, an_analyst, a_police_officer])
def test_the_menu_offers_exactly_what_opens(who: type[Actor], houses: None) -> None:
    browser = signed_in(who())
    html = browser.get(reverse("overview")).content.decode()
    for page in (p for p in PAGES if p.name in {**MENU, **FOOT}):
        opens = browser.get(address(page)).status_code == 200
        assert (f'<li><a href="{address(page)}"' in html) is opens, page.name


def test_every_page_of_its_own_stands_in_the_menu_or_at_the_foot() -> None:
    alone = {p.name for p in PAGES if p.method == "GET" and "<" not in p.path}
    assert alone - {*MENU, *FOOT} == {"bulk"}  # reached with what was chosen in a list
    assert {*MENU, *FOOT} <= alone


def test_a_page_of_another_house_does_not_exist(houses: None) -> None:
    officer, analyst = signed_in(a_police_officer()), signed_in(an_analyst())
    assert officer.get(reverse("referrals")).status_code == 404
    assert analyst.get(reverse("matters")).status_code == 404
    assert analyst.post(reverse("acknowledge", kwargs={"id": MISSING})).status_code == 404


@pytest.mark.parametrize("house", ["hotline", "", "nowhere"])
def test_a_sign_in_without_an_account_opens_nothing(house: str, houses: None) -> None:
    browser = Client()
    browser.force_login(Login.objects.create(username="stray", house=house, person="nobody"))
    assert browser.get(reverse("overview")).status_code == 403


@pytest.mark.parametrize("gone", ["sign-up/", "signup/", "email/", "password/reset/", "login/", "admin/"])
def test_there_is_no_way_in_but_signing_in(gone: str, houses: None) -> None:
    assert Client().get(f"/{gone}").status_code == 404


def test_a_page_is_read_with_get_and_nothing_else(houses: None) -> None:
    assert signed_in(an_analyst()).post(reverse("items")).status_code == 405
    assert resolve(reverse("items")).func.permission  # type: ignore[attr-defined]


def test_what_no_column_of_text_takes_is_refused_before_any_page_reads_it(houses: None) -> None:
    seen = {page.name: viewers(page)[0] for page in PAGES}
    browsers = {(house, role): signed_in(a_person(f"any-{role}", role, house=house)) for house, role in seen.values()}
    for page in PAGES:
        browser = browsers[seen[page.name]]
        send = browser.post if page.method == "POST" else browser.get
        assert send(address(page), {"reason": "a\x00b"}).status_code == 400, page.name


@pytest.mark.parametrize("number", ["0001", "-1", "²", "9" * 5000])
def test_a_number_too_long_to_be_one_is_no_filter(number: str, houses: None) -> None:
    assert signed_in(an_analyst()).get(reverse("queue"), {"urgency": number}).status_code in (200, 404)
