"""The second step with allauth: what is kept is encrypted, and the last one is not taken away.

The secrets of authenticator apps and recovery codes are kept encrypted (Fernet: AES-128-CBC and HMAC-SHA256, of
`cryptography`) under a key derived from the installation's secret key, which is not in the database. Under another
secret key they open nothing; whoever has them then begins anew as after a lost device.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from maillon.access.models import Login
from maillon.outbox.models import Installation

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What is a second step by itself; recovery codes stand in for one."""


class Drawing(SvgPathImage):  # type: ignore[misc]
    """A QR code without style attributes, which the site's policy forbids; black, on the white that the page lays."""

    QR_PATH_STYLE: dict[str, str] = {}  # noqa: RUF012  (the library's own name and shape)


class SecondSteps(DefaultMFAAdapter):  # type: ignore[misc]
    """Allauth's questions about second steps, answered for this house."""

    error_messages = {  # noqa: RUF012  (allauth's own name and shape)
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right. Try again with a new code."),
        "cannot_delete_authenticator": _("This is your last second step. Add another one first."),
    }

    def encrypt(self, text: str) -> str:
        return cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography.fernet.InvalidToken where it was encrypted under another secret key."""
        return cipher(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Maillon"

    def _get_site_name(self) -> str:
        return "Maillon"

    def build_totp_svg(self, url: str) -> str:
        drawn: str = qrcode.make(url, image_factory=Drawing, border=2).to_string(encoding="unicode")
        return drawn

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another second step is left without it, or none is demanded here."""
        mine = Authenticator.objects.filter(user=authenticator.user_id, type__in=SECOND)
        return mine.exclude(pk=authenticator.pk).exists() or Installation.objects.filter(demo=True).exists()

    def generate_authenticator_name(self, user: Login, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}


def cipher(secret: str) -> Fernet:
    """What encrypts the secrets of second steps."""
    return Fernet(urlsafe_b64encode(hmac.digest(secret.encode(), b"maillon second step", hashlib.sha256)))


def passkeys_work(request: HttpRequest) -> bool:
    """Whether a browser offers passkeys at this address: only over HTTPS, or on the machine itself as `localhost`."""
    return bool(settings.MAILLON.https) or request.get_host().partition(":")[0] == "localhost"
