"""The catalogues say everything that the program says, and nothing else."""

import pytest
from babel.messages.catalog import Catalog

from maillon.ops import translations

SAID = Catalog()
SAID.add("%(count)d day", locations=[("x", 0)])
SAID.add("open", context="item")


def catalogue(**strings: str) -> Catalog:
    found = Catalog(locale="nl")
    found.add("%(count)d day", strings.get("day", "%(count)d dag"))
    found.add("open", strings.get("open", "open"), context="item")
    return found


def test_every_message_is_translated_into_every_language() -> None:
    assert translations.check() == []


def test_messages_of_code_and_of_templates_are_found() -> None:
    found = translations.messages()
    assert found.get("What needs a person") is not None
    assert found.get("open", "item") is not None
    assert found.get("%(count)d day").id == ("%(count)d day", "%(count)d days")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("known", "complaint"),
    [
        (catalogue(open=""), "is not translated"),
        (catalogue(day="%(number)d dag"), "with holes that nothing fills"),
    ],
)
def test_what_is_missing_or_wrong_is_named(known: Catalog, complaint: str) -> None:
    (sentence,) = translations.wrong(SAID, known, "nl")
    assert complaint in sentence


def test_what_is_said_nowhere_is_named() -> None:
    known = catalogue()
    known.add("gone", "weg")
    (sentence,) = translations.wrong(SAID, known, "nl")
    assert "'gone' is said nowhere any more" in sentence


def test_a_complete_catalogue_is_left_alone() -> None:
    assert list(translations.wrong(SAID, catalogue(), "nl")) == []
