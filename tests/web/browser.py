"""A browser of one person, and what a page shows."""

from html.parser import HTMLParser

from allauth.mfa.models import Authenticator
from django.test import Client

from maillon.access.models import Login
from maillon.outbox.acting import Actor

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "wbr"})


def signed_in(actor: Actor, language: str = "en", **more: bool) -> Client:
    """A browser in which `actor` is signed in, by a second step too, and `language` was chosen."""
    login, _made = Login.objects.get_or_create(
        username=f"{actor.house}-{actor.name}", house=actor.house, person=actor.name
    )
    Authenticator.objects.get_or_create(user=login, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client = Client(**more)
    client.force_login(login)
    client.cookies["django_language"] = language
    return client


class Page(HTMLParser):
    """What stands on a page: `texts` outside elements in another language than the page's, links, and elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[bool] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = self.language or str(given.get("lang") or "")
        self.elements.append((tag, given))
        self.links += [str(given[name]) for name in ("href", "src", "action", "formaction") if name in given]
        if tag not in VOID:
            foreign = given.get("lang") not in (None, self.language)
            self._open.append(foreign or (bool(self._open) and self._open[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self._open and self._open[-1]):
            self.texts.append(" ".join(data.split()))
