"""Which handlers an event kind has, filled by `flow.handovers` when the first is asked for."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Handed:
    """An event as a handler receives it. `body` has the fields that the event's kind names."""

    house: str
    id: int
    uid: UUID
    kind: str
    version: int
    item: UUID | None
    happened_at: datetime
    body: dict[str, Any]


Verb = Callable[..., None]
_handlers: dict[tuple[str, str], list[str]] = defaultdict(list)
_verbs: dict[tuple[str, str], Verb] = {}
_fillers: list[Callable[[], None]] = []
_filling = RLock()


def register(*, house: str, kind: str, handler: str, verb: Verb) -> None:
    """In `house`, hand events of `kind` to `verb` under the name `handler` (unique; it stands in the database).

    `verb(handed=Sequence[Handed], by=Actor, clock=Clock)` runs inside the dispatcher's transaction.
    """
    known = _verbs.setdefault((house, handler), verb)
    if known is not verb:
        raise ValueError(f"two verbs share the handler name {handler}")
    if handler not in _handlers[house, kind]:
        _handlers[house, kind].append(handler)


def fill_with(filler: Callable[[], None]) -> None:
    """Call `filler` once, before the first handler is looked up: a command that hands nothing over imports no verb."""
    _fillers.append(filler)


def _fill() -> None:
    """Whoever asks while another thread fills waits for it; a filler that fails is called again by the next who asks.

    Otherwise an event could be recorded without its deliveries, and nobody would miss them.
    """
    if _fillers:
        with _filling:
            while _fillers:
                _fillers[-1]()
                _fillers.pop()


def handlers_of(house: str, kind: str) -> Sequence[str]:
    """The names of the handlers of `kind` in `house`."""
    _fill()
    return _handlers.get((house, kind), ())


def verb_of(house: str, handler: str) -> Verb:
    """The verb registered under `handler`."""
    _fill()
    return _verbs[house, handler]


def handler_names(house: str) -> list[str]:
    """Every handler of `house`, in the order of registration."""
    _fill()
    return [name for where, name in _verbs if where == house]
