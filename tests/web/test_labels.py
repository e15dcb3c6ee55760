"""Every word of the program that a page can show has a label."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest

import maillon
from maillon.access.clearances import LABELS
from maillon.access.permissions import ROLES
from maillon.authority.inbox.states import Arrival
from maillon.hotline.analysis.policy import FLAGS
from maillon.hotline.analysis.states import Case
from maillon.hotline.intake.policy import CHANNELS, EFFECTS, STATED
from maillon.hotline.intake.states import Report
from maillon.hotline.referral.states import Referral
from maillon.items.states import Item
from maillon.kernel.kinds import Kind
from maillon.observation.conclude import Reason
from maillon.observation.states import Lookup
from maillon.outbox.acting import HOUSES
from maillon.outbox.states import Delivery
from maillon.partners.states import Message
from maillon.rules.table import BASES, load
from maillon.web.details import FIELDS
from maillon.web.labels import TABLES, country, label, partner

ROOT = Path(maillon.__file__).parent
KINDS: list[Kind] = [
    kind
    for path in sorted(ROOT.glob("**/events.py"))
    for kind in import_module(".".join(("maillon", *path.relative_to(ROOT).with_suffix("").parts))).KINDS
]
PURPOSES = {entry.partition(":")[2] for row in load("route").rows for entry in row.texts}
SHOWN = {
    "item": Item,
    "report": Report,
    "stated": STATED,
    "channel": CHANNELS,
    "case": Case,
    "referral": Referral,
    "arrival": Arrival,
    "message": Message,
    "lookup": Lookup,
    "delivery": Delivery,
    "reason": Reason,
    "purpose": {*PURPOSES, "callback"},
    "flag": FLAGS,
    "effect": EFFECTS,
    "role": ROLES,
    "clearance": LABELS,
    "house": HOUSES,
    "basis": BASES,
    "event": [kind.name for kind in KINDS],
}


@pytest.mark.parametrize("table", SHOWN)
def test_every_word_of_a_vocabulary_has_a_label(table: str) -> None:
    words: type[StrEnum] | list[str] = SHOWN[table]  # type: ignore[assignment]
    assert [str(word) for word in words if str(word) not in TABLES[table]] == []


def test_a_word_without_a_label_is_shown_as_it_is() -> None:
    assert label("reason", "seen by a person").text == "seen by a person"


def test_every_field_that_a_timeline_shows_is_one_of_some_event() -> None:
    assert set(FIELDS) - {field for kind in KINDS for field in kind.fields} == set()


def test_countries_and_hotlines_are_named_in_the_page_s_language() -> None:
    assert country("NL", "fr").text == "Pays-Bas"
    assert "Niederlande" in str(partner("inhope-nl", "de").text)
    assert str(country("undetermined", "fr").tone) == "care"
