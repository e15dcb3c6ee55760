"""Nothing that happens is forgotten: every event is handed over or listed as final."""

from importlib import import_module
from pathlib import Path

import pytest

import maillon
from maillon.flow.handovers import HANDOVERS, Handover
from maillon.kernel.kinds import Kind
from maillon.outbox.registry import handler_names, handlers_of, verb_of
from maillon.settings import HOUSES

ROOT = Path(maillon.__file__).parent
MODULES = [
    import_module(".".join(("maillon", *path.relative_to(ROOT).with_suffix("").parts)))
    for path in sorted(ROOT.glob("**/events.py"))
]
KINDS: list[Kind] = [kind for module in MODULES for kind in module.KINDS]


def test_every_kind_declared_in_a_module_is_listed_there() -> None:
    for module in MODULES:
        assert [v for v in vars(module).values() if isinstance(v, Kind)] == list(module.KINDS), module.__name__


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_an_event_is_handed_over_or_final_and_never_both(kind: Kind) -> None:
    assert any(row.kind is kind for row in HANDOVERS) is not kind.final


def test_names_of_kinds_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_a_kind_makes_a_promise_and_names_each_field_once(kind: Kind) -> None:
    assert kind.promise.endswith(".")
    assert len(set(kind.fields)) == len(kind.fields) > 0
    assert kind.version >= 1


@pytest.mark.parametrize("row", HANDOVERS, ids=lambda row: f"{row.house}-{row.handler}")
def test_a_handover_is_of_a_known_kind_in_a_known_house_and_stands_in_the_outbox(row: Handover) -> None:
    assert row.house in HOUSES
    assert row.kind in KINDS
    assert row.handler in handlers_of(row.house, row.kind.name)
    assert verb_of(row.house, row.handler) is row.verb


def test_the_outbox_knows_no_handler_but_those_on_the_page() -> None:
    for house in HOUSES:
        assert handler_names(house) == list(dict.fromkeys(row.handler for row in HANDOVERS if row.house == house))
