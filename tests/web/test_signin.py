"""Signing in and out."""

from django.test import Client
from django.urls import reverse

from maillon.access.services import give_sign_in
from tests.factories.people import an_analyst, an_operator

PASSWORD = "a long sentence that nobody else knows"


def a_sign_in() -> Client:
    give_sign_in(person=an_analyst().name, password=PASSWORD, by=an_operator())
    return Client(enforce_csrf_checks=False)


def test_a_person_signs_in_reads_a_page_and_signs_out(houses: None) -> None:
    browser = a_sign_in()
    answer = browser.post(
        reverse("account_login"), {"login": "analyst-1", "password": PASSWORD, "next": reverse("items")}
    )
    assert answer["Location"] == reverse("items")
    assert browser.get(reverse("items")).status_code == 200
    assert browser.post(reverse("account_logout"))["Location"] == reverse("account_login")
    assert browser.get(reverse("items")).status_code == 302


def test_a_wrong_password_is_refused_without_saying_which_part_is_wrong(houses: None) -> None:
    browser = a_sign_in()
    browser.cookies["django_language"] = "en"
    for name in ("analyst-1", "nobody"):
        html = browser.post(reverse("account_login"), {"login": name, "password": "wrong"}).content.decode()
        assert "This name and password do not go together." in html


def test_nobody_is_sent_elsewhere_after_signing_in(houses: None) -> None:
    answer = a_sign_in().post(
        reverse("account_login"), {"login": "analyst-1", "password": PASSWORD, "next": "https://elsewhere.test/"}
    )
    assert answer["Location"] == reverse("overview")


def test_a_session_ends_with_the_browser(houses: None) -> None:
    browser = a_sign_in()
    browser.post(reverse("account_login"), {"login": "analyst-1", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Strict")
