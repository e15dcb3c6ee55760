"""An authenticator app as a person holds one: by RFC 6238, in other words than the program's own."""

import base64
import hashlib
import hmac
import re

from django.test import Client

from maillon.access.models import Login
from maillon.kernel.clock import SystemClock

STEP = 30  # seconds


def code_of(secret: str, steps: int = 0) -> str:
    """What an app with this base32 key shows now, or some steps from now."""
    counter = int(SystemClock().now().timestamp()) // STEP + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def shown_secret(html: str) -> str:
    """The key that the page of a new app shows."""
    (found,) = re.findall(r'class="secret"[^>]*>([A-Z2-7]+)<', html)
    return str(found)


def shown_codes(html: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>(\d+)</code>", html)


def again(browser: Client, login: str, field: str, value: str) -> int:
    """Show once more that one is who one is, at the address `login`; the status."""
    return browser.post(login, {field: value}).status_code


def fresh(login: Login) -> Login:
    return Login.objects.get(pk=login.pk)
