"""Handing mails to the mail server of MAILLON_SMTP, by Django's own backend: TLS, and certificates that are checked."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from maillon.partners.mailing import Mail, Send
from maillon.settings import Settings, Smtp

PATIENCE = 10  # seconds for one answer of the mail server


class Post(NamedTuple):
    """How mails are sent, and the address at which partners sign in."""

    send: Send
    portal: str


def post(settings: Settings) -> Post | None:
    """How this installation sends mails; None where it has no mail server."""
    server, sender = settings.smtp, settings.mail_from
    if server is None:
        return None
    return Post(lambda mails: send(mails, server, sender), portal_address(settings))


def portal_address(settings: Settings) -> str:
    """Where partners sign in."""
    return f"{settings.site}/portal/"


def send(mails: Sequence[Mail], server: Smtp, sender: str) -> list[str]:
    """Send `mails` over one connection: what went wrong with each. Once the server is gone, the rest is not tried."""
    backend = EmailBackend(
        host=server.host, port=server.port, username=server.user, password=server.password,
        use_ssl=server.tls, use_tls=server.starttls, timeout=PATIENCE,
    )  # fmt: skip
    errors: list[str] = []
    try:
        backend.open()
        for mail in mails:
            errors.append(_send(backend, mail, sender))
    except Exception as error:
        errors += [_said(error)] * (len(mails) - len(errors))
    finally:
        backend.close()
    return errors


def _send(backend: EmailBackend, mail: Mail, sender: str) -> str:
    message = EmailMessage(
        mail.subject, mail.text, sender, [mail.to], headers={"Auto-Submitted": "auto-generated"}, connection=backend
    )
    try:
        backend.send_messages([message])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        return _said(error)
    return ""


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
