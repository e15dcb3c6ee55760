"""What one signs in with: set up, changed and taken away by oneself; its secrets are shown once and to nobody else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from maillon.access.locking import lock_rule
from maillon.access.models import Login
from maillon.kernel.clock import SystemClock
from maillon.ops.cli import maillon
from maillon.web.headers import HEADERS
from tests.factories.chain import events
from tests.factories.people import a_manager, an_analyst
from tests.web.authenticators import (
    PASSWORD,
    a_login,
    an_app,
    code_of,
    entered,
    is_in,
    recovery_codes,
    shown_codes,
    shown_secret,
)
from tests.web.browser import signed_in
from tests.web.test_headers import routes

APP, HOME = "mfa_activate_totp", "mfa_index"


@pytest.fixture(autouse=True)
def pace() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def login(houses: None) -> Login:
    return a_login(an_analyst())


@pytest.fixture
def fresh(login: Login) -> Client:
    """A browser in which the password was shown again just now; there is no second step yet."""
    browser = entered("analyst-1")
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def in_with(login: Login, secret: str) -> Client:
    """A browser in which both steps were taken, and a code was shown again just now."""
    browser = entered("analyst-1")
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    browser.post(reverse("mfa_reauthenticate"), {"code": code_of(secret, 1)})
    assert is_in(browser)
    return browser


def text(browser: Client, name: str) -> str:
    return browser.get(reverse(name)).content.decode()


def set_up(browser: Client) -> tuple[str, list[str]]:
    """The key and the recovery codes of an app that is set up on the pages."""
    secret = shown_secret(text(browser, APP))
    assert browser.post(reverse(APP), {"code": code_of(secret)})["Location"] == reverse("mfa_view_recovery_codes")
    return secret, shown_codes(text(browser, "mfa_view_recovery_codes"))


def test_an_app_is_set_up_and_opens_the_house(fresh: Client) -> None:
    assert not is_in(fresh)
    secret, codes = set_up(fresh)
    assert is_in(fresh)
    assert len(set(codes)) == 10
    (event,) = events("authenticator_added")
    assert (event["actor"], event["body"]) == ("analyst-1", {"person": "analyst-1", "type": "totp"})
    again = entered("analyst-1")
    again.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})
    assert is_in(again)


def test_a_wrong_first_code_sets_up_nothing_and_shows_the_same_key_again(fresh: Client) -> None:
    secret = shown_secret(text(fresh, APP))
    wrong = "000000" if code_of(secret) != "000000" else "000001"
    answer = fresh.post(reverse(APP), {"code": wrong})
    assert shown_secret(answer.content.decode()) == secret
    assert not Authenticator.objects.exists()
    assert not is_in(fresh)


def kept() -> str:
    """Everything that the database keeps of second steps and sessions, readable as it lies there."""
    steps = serializers.serialize("json", Authenticator.objects.all())
    return steps + json.dumps([s.get_decoded() for s in Session.objects.all()])


def test_a_key_waits_encrypted_and_stays_so(fresh: Client) -> None:
    secret = shown_secret(text(fresh, APP))
    assert secret not in kept()
    fresh.post(reverse(APP), {"code": code_of(secret)})
    assert secret not in kept()


def every_page(browser: Client) -> str:
    """What every address answers to this browser."""
    from django.urls import get_resolver

    addresses = [a for a in routes(get_resolver().url_patterns) if not a.startswith(("/sign-out", "/report"))]
    return "".join(browser.get(a, follow=True).content.decode(errors="replace") for a in addresses)


def test_neither_key_nor_recovery_code_is_ever_shown_again(fresh: Client) -> None:
    secret, codes = set_up(fresh)
    assert shown_codes(text(fresh, "mfa_view_recovery_codes")) == []
    people = CliRunner().invoke(maillon, ["user", "list", "--json"]).output
    manager = signed_in(a_manager())
    one = manager.get(reverse("account", args=["analyst-1"])).content.decode()
    for shown in (every_page(fresh), every_page(manager), one, people, kept(), str(events("authenticator_added"))):
        assert not [word for word in (secret, *codes) if word in shown]


def test_what_is_added_ends_every_session_that_began_with_less(fresh: Client) -> None:
    thief = entered("analyst-1")
    set_up(fresh)
    assert not is_in(thief)
    assert thief.get(reverse(HOME)).status_code == 302


def test_nothing_is_changed_before_one_shows_again_who_one_is(login: Login) -> None:
    secret = an_app(login)
    browser = entered("analyst-1")
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    key = Authenticator.objects.create(user=login, type="webauthn", data={"name": "one"})
    changes = (APP, "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes")
    for address in (*map(reverse, changes), reverse("mfa_remove_webauthn", args=[key.pk])):
        for answer in (browser.get(address), browser.post(address, {})):
            assert answer["Location"].startswith(reverse("mfa_reauthenticate")), address
    assert browser.get(reverse("account_reauthenticate"))["Location"].startswith(reverse("mfa_reauthenticate"))
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert browser.get(reverse(APP)).status_code == 302


def test_the_last_second_step_is_not_taken_away(login: Login) -> None:
    browser = in_with(login, an_app(login))
    assert "last second step" in browser.post(reverse("mfa_deactivate_totp")).content.decode()
    assert Authenticator.objects.filter(type="totp").exists()
    Authenticator.objects.all().delete()
    key = Authenticator.objects.create(user=login, type="webauthn", data={"name": "one"})
    browser.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_one_of_several_is(login: Login) -> None:
    browser = in_with(login, an_app(login))
    key = Authenticator.objects.create(user=login, type="webauthn", data={"name": "one"})
    assert browser.post(reverse("mfa_deactivate_totp"))["Location"] == reverse(HOME)
    assert list(Authenticator.objects.values_list("pk", flat=True)) == [key.pk]
    assert events("authenticator_removed")[0]["body"] == {"person": "analyst-1", "type": "totp"}


def test_a_passkey_of_somebody_else_is_not_there(login: Login) -> None:
    browser = in_with(login, an_app(login))
    key = Authenticator.objects.create(user=a_login(an_analyst(2)), type="webauthn", data={"name": "theirs"})
    assert browser.get(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


def test_an_app_moves_to_another_device(login: Login) -> None:
    old = an_app(login)
    browser = in_with(login, old)
    new = shown_secret(text(browser, APP))
    browser.post(reverse(APP), {"code": code_of(new)})
    assert is_in(browser)
    for secret, opens in ((old, False), (new, True)):
        other = entered("analyst-1")
        other.post(reverse("mfa_authenticate"), {"code": code_of(secret, -1)})
        assert is_in(other) is opens


def test_new_recovery_codes_end_the_earlier_ones(login: Login) -> None:
    secret, (first, *_others) = an_app(login), recovery_codes(login)
    browser = in_with(login, secret)
    browser.post(reverse("mfa_generate_recovery_codes"))
    codes = shown_codes(text(browser, "mfa_view_recovery_codes"))
    assert len(codes) == 10
    for code, opens in ((first, False), (codes[0], True)):
        other = entered("analyst-1")
        other.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(other) is opens
    assert len(events("recovery_codes_made")) == 1


JUNK = ["", "x", "null", "[]", '{"id": 1}', '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        '{"attestationObject": "AA", "clientDataJSON": "AA"}}']  # fmt: skip


@pytest.mark.parametrize("credential", JUNK)
def test_what_is_no_passkey_is_none(fresh: Client, credential: str) -> None:
    assert fresh.get(reverse("mfa_add_webauthn")).status_code == 200
    assert fresh.post(reverse("mfa_add_webauthn"), {"credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_new_password_takes_the_one_so_far_and_ends_other_sessions(login: Login) -> None:
    secret = an_app(login)
    browser = in_with(login, secret)
    other = in_with_next(secret)
    new = "another long sentence that nobody else knows"

    def changed(so_far: str, chosen: str) -> Any:
        words = {"oldpassword": so_far, "password1": chosen, "password2": chosen}
        return browser.post(reverse("account_change_password"), words)

    assert changed("wrong", new).status_code == 200
    login.refresh_from_db()
    assert login.failures == 1
    assert changed(PASSWORD, "short").status_code == 200
    assert changed(PASSWORD, new)["Location"] == reverse(HOME)
    assert (is_in(browser), is_in(other)) == (True, False)
    login.refresh_from_db()
    assert login.check_password(new)


def in_with_next(secret: str) -> Client:
    browser = entered("analyst-1")
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret, -1)})
    assert is_in(browser)
    return browser


def test_guessing_the_password_again_locks(fresh: Client, login: Login) -> None:
    for _time in range(lock_rule(SystemClock().now()).failures):
        fresh.post(reverse("account_reauthenticate"), {"password": "wrong"})
    login.refresh_from_db()
    assert login.locked_at is not None


OURS = {
    "account_login", "account_logout", "account_reauthenticate", "account_change_password", "mfa_index",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
}  # fmt: skip
"""Of allauth's addresses, those that are open here."""


def names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name)
        else:
            yield from names(pattern.url_patterns)


def test_no_address_of_allauth_is_open_that_is_not_needed() -> None:
    theirs = {*names(account_urls.urlpatterns), *names(mfa_urls.urlpatterns)}
    assert theirs >= OURS
    for name in theirs - OURS:
        for args in ([], ["a"], [1], ["a", "b"]):
            with pytest.raises(NoReverseMatch):
                reverse(name, args=args)


@pytest.mark.parametrize(
    "gone", ["account/email/", "account/codes/download/", "account/passkeys/", "sign-in/code/request/", "2fa/"]
)
def test_nor_under_another_name(gone: str, login: Login) -> None:
    browser = in_with(login, an_app(login))
    assert browser.get(f"/{gone}").status_code == 404


def test_no_page_of_sign_in_runs_a_script_within_it(fresh: Client) -> None:
    pages = [text(fresh, name) for name in (HOME, APP, "mfa_add_webauthn", "account_change_password")]
    for html in pages:
        assert "<script>" not in html
        assert " style=" not in html
        assert "onload" not in html
    assert fresh.get(reverse(HOME)).headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(("host", "told"), [("localhost", False), ("127.0.0.1", True)])
def test_where_passkeys_cannot_work_the_page_says_so(fresh: Client, host: str, told: bool) -> None:
    html = fresh.get(reverse(HOME), headers={"host": host}).content.decode()
    assert ("Passkeys work only over HTTPS" in html) is told
    assert (reverse("mfa_add_webauthn") in html) is not told
