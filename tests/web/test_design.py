"""The components page shows what pages are made of, and every page keeps to it."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

import maillon.web
from maillon.outbox.acting import Actor
from tests.factories.people import a_manager, a_police_officer
from tests.web.browser import Page, signed_in

WEB = Path(maillon.web.__file__ or "").parent
STYLES = "\n".join(
    (WEB / "static/web" / f"{name}.css").read_text(encoding="utf-8") for name in ("tokens", "frame", "content")
)
SHOWN = (
    "badge-grave", "term", "notice-care", "empty", "field", "options", "choice", "list", "numbers", "card", "need",
    "pair", "events", "talk", "dialog", "fold", "countdown", "address", "chart",
)  # fmt: skip


@pytest.mark.parametrize("who", [a_manager, a_police_officer])
def test_every_house_s_people_see_every_component(who: type[Actor], houses: None) -> None:
    html = signed_in(who(), "fr").get(reverse("design")).content.decode()
    classes = {name for _tag, given in Page(html).elements for name in str(given.get("class") or "").split()}
    assert [name for name in SHOWN if name not in classes] == []
    assert {tag for tag, _given in Page(html).elements} >= {"kbd", "button", "textarea", "select", "figure", "details"}


def test_a_colour_is_named_in_the_tokens_alone() -> None:
    _tokens, _sep, rest = STYLES.partition("/* What stands around every page. */")
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rest) == []


def test_every_variable_used_is_a_token() -> None:
    named, used = set(re.findall(r"(--[a-z-]+):", STYLES)), set(re.findall(r"var\((--[a-z-]+)\)", STYLES))
    assert used - named == set()
