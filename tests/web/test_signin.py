"""Signing in and out: in two steps, or by a passkey; what fails says nothing to a stranger."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from maillon import django_settings as program
from maillon.access.leaving import leave
from maillon.access.locking import lock_rule
from maillon.access.models import Login
from maillon.kernel.clock import SystemClock
from maillon.web.urls import PAGES
from tests.factories.chain import events
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import NOW
from tests.web.authenticators import PASSWORD, a_login, an_app, code_of, entered, is_in, recovery_codes
from tests.web.test_routes import address

FAILURES = lock_rule(NOW).failures


@pytest.fixture(autouse=True)
def pace() -> Iterator[None]:
    """What other tests sent from this machine counts for none of these."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def login(houses: None) -> Login:
    return a_login(an_analyst())


@pytest.fixture
def secret(login: Login) -> str:
    return an_app(login)


def coded(browser: Client, code: str) -> Any:
    return browser.post(reverse("mfa_authenticate"), {"code": code})


def in_demo() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE outbox_installation SET demo = true")


def test_a_person_signs_in_by_two_steps_reads_a_page_and_signs_out(secret: str) -> None:
    browser = entered("analyst-1", next=reverse("items"))
    assert not is_in(browser)
    assert coded(browser, code_of(secret))["Location"] == reverse("items")
    assert browser.get(reverse("items")).status_code == 200
    assert browser.post(reverse("account_logout"))["Location"] == reverse("account_login")
    assert browser.get(reverse("items")).status_code == 302


def test_a_password_alone_opens_nothing_but_the_page_that_sets_up_more(login: Login) -> None:
    browser = Client()
    browser.force_login(login)
    for page in (page for page in PAGES if "hotline" in page.houses):
        response = browser.generic(page.method, address(page))
        assert (response.status_code, response["Location"]) == (302, reverse("mfa_index")), page.name


def test_passwords_are_kept_by_argon2_at_its_full_cost() -> None:
    assert program.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_it_leads_there_and_says_so(login: Login) -> None:
    browser = Client()
    answer = browser.post(
        reverse("account_login"), {"login": "analyst-1", "password": PASSWORD, "next": reverse("items")}
    )
    assert answer["Location"] == reverse("mfa_index")
    browser.cookies["django_language"] = "en"
    html = browser.get(reverse("mfa_index")).content.decode()
    assert "Set up a second step first" in html
    assert '<nav class="menu"' not in html


def test_in_the_demo_a_second_step_is_offered_and_not_demanded(login: Login) -> None:
    in_demo()
    browser = entered("analyst-1")
    assert is_in(browser)
    assert "This demonstration asks for no second step" in browser.get(reverse("mfa_index")).content.decode()
    an_app(login)
    assert not is_in(entered("analyst-1"))


def refusals(*names: str, password: str = "wrong") -> set[tuple[int, str]]:
    """The status and the sentence with which each of these names is refused."""
    found = set()
    for name in names:
        browser = Client()
        browser.cookies["django_language"] = "en"
        answer = browser.post(reverse("account_login"), {"login": name, "password": password})
        html = answer.content.decode()
        found.add((answer.status_code, html.partition('<p class="error" role="alert">')[2].partition("</p>")[0]))
    return found


SAYS_NOTHING = {(200, "This name and password do not go together.")}


def test_unknown_locked_ended_and_wrong_are_answered_alike(secret: str) -> None:
    a_login(an_analyst(2))
    leave(person="analyst-2", reason="left", by=a_manager(), at=SystemClock().now())
    for _time in range(FAILURES):
        assert refusals("analyst-1") == SAYS_NOTHING
    assert len(events("account_locked")) == 1
    assert refusals("analyst-1", "analyst-2", "nobody", password=PASSWORD) == SAYS_NOTHING
    assert refusals("analyst-1", "analyst-2", "nobody") == SAYS_NOTHING


def test_who_guesses_at_one_keeps_nobody_else_out(secret: str) -> None:
    other = an_app(a_login(an_analyst(2)))
    for _time in range(FAILURES):
        refusals("analyst-1")
    browser = entered("analyst-2")
    coded(browser, code_of(other))
    assert is_in(browser)


def test_wrong_codes_lock_too_and_a_right_one_is_then_answered_as_wrong(secret: str) -> None:
    browser = entered("analyst-1")
    for _time in range(FAILURES):
        assert "This is not right" in coded(browser, "000000" if code_of(secret) != "000000" else "1").content.decode()
    assert "This is not right" in coded(browser, code_of(secret)).content.decode()
    assert not is_in(browser)
    assert events("account_locked")[0]["body"]["failures"] == FAILURES
    assert refusals("analyst-1", password=PASSWORD) == SAYS_NOTHING


def test_coming_in_clears_what_failed_before(login: Login, secret: str) -> None:
    refusals("analyst-1")
    browser = entered("analyst-1")
    login.refresh_from_db()
    assert login.failures == 1
    coded(browser, code_of(secret))
    login.refresh_from_db()
    assert login.failures == 0


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_code_opens_once_in_whichever_process_it_arrives(secret: str, step: int) -> None:
    code = code_of(secret, step)
    first, second = entered("analyst-1"), entered("analyst-1")
    coded(first, code)
    cache.clear()  # another process remembers nothing of it
    coded(second, f"{code[:3]} {code[3:]}")
    assert (is_in(first), is_in(second)) == (True, False)


@pytest.mark.parametrize("step", [-3, 3])
def test_a_code_of_another_time_opens_nothing(secret: str, step: int) -> None:
    browser = entered("analyst-1")
    coded(browser, code_of(secret, step))
    assert not is_in(browser)


def test_a_recovery_code_takes_the_place_of_the_device_once(login: Login, secret: str) -> None:
    code, *_others = recovery_codes(login)
    first, second = entered("analyst-1"), entered("analyst-1")
    coded(first, code)
    coded(second, code)
    assert (is_in(first), is_in(second)) == (True, False)
    (event,) = events("recovery_code_used")
    assert (event["actor"], event["body"]) == ("analyst-1", {"person": "analyst-1"})


def test_a_recovery_code_shown_to_a_locked_account_is_not_spent(login: Login, secret: str) -> None:
    code, *_others = recovery_codes(login)
    browser = entered("analyst-1")
    for _time in range(FAILURES):
        refusals("analyst-1")
    coded(browser, code)
    assert not is_in(browser)
    Login.objects.update(failures=0, locked_at=None)
    coded(browser, code)
    assert is_in(browser)


def test_under_another_secret_key_no_code_opens(secret: str, settings: Any) -> None:
    browser = entered("analyst-1")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of at least thirty-two characters"
    answer = coded(browser, code_of(secret))
    assert answer.status_code == 200
    assert not is_in(browser)


JUNK = ["", "x", "null", "[]", "{}", '{"id": 1}', '"text"', '{"id": "AA", "rawId": "AA", "type": "public-key"}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA", "signature": "AA", '
        '"clientDataJSON": "AA", "authenticatorData": "AA"}}', '{"response": {"userHandle": null}}']  # fmt: skip


@pytest.mark.parametrize("credential", JUNK)
def test_what_is_no_passkey_opens_nothing_and_breaks_nothing(credential: str, secret: str) -> None:
    alone, second = Client(), entered("analyst-1")
    assert alone.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).status_code == 200
    assert alone.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code == 302
    assert second.get(reverse("mfa_authenticate")).status_code == 200
    assert second.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
    assert not is_in(alone)
    assert not is_in(second)


def test_nobody_is_sent_elsewhere_after_signing_in(secret: str) -> None:
    browser = entered("analyst-1", next="https://elsewhere.test/")
    assert coded(browser, code_of(secret))["Location"] == reverse("overview")


def test_a_session_ends_with_the_browser(secret: str) -> None:
    browser = entered("analyst-1")
    coded(browser, code_of(secret))
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Strict")


def test_the_pace_of_one_network_is_not_that_of_another(secret: str) -> None:
    def asks(network: str) -> int:
        return (
            Client(REMOTE_ADDR=network).post(reverse("account_login"), {"login": "nobody", "password": ""}).status_code
        )

    answers = [asks("192.0.2.1") for _time in range(40)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert asks("198.51.100.1") == 200
