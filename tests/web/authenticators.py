"""An authenticator app as a person holds one: by RFC 6238, in other words than the program's own."""

import base64
import hashlib
import hmac
import re
import secrets

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from maillon.access.models import Login
from maillon.access.services import give_sign_in
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.people import an_operator

STEP = 30  # seconds
PASSWORD = "a long sentence that nobody else knows"


def code_of(secret: str, steps: int = 0) -> str:
    """What an app with this base32 key shows now, or some steps from now."""
    counter = int(SystemClock().now().timestamp()) // STEP + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def a_login(who: Actor) -> Login:
    """The sign-in of `who`, by PASSWORD."""
    give_sign_in(person=who.name, password=PASSWORD, by=an_operator(who.house))
    return Login.objects.get(username=who.name)


def an_app(login: Login) -> str:
    """The key of an app that was set up."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    TOTP.activate(login, secret)
    return secret


def recovery_codes(login: Login) -> list[str]:
    """Codes as they were shown once."""
    return list(RecoveryCodes.activate(login).generate_codes())


def entered(name: str, password: str = PASSWORD, **more: str) -> Client:
    """A browser in which name and password were sent."""
    browser = Client()
    browser.cookies["django_language"] = "en"
    browser.post(reverse("account_login"), {"login": name, "password": password, **more})
    return browser


def is_in(browser: Client) -> bool:
    """Whether the pages of the house open."""
    return browser.get(reverse("overview")).status_code == 200


def shown_secret(html: str) -> str:
    """The key that the page of a new app shows."""
    (found,) = re.findall(r'class="secret"[^>]*>([A-Z2-7]+)<', html)
    return str(found)


def shown_codes(html: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([\d*]+)</code>", html)
