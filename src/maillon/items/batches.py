"""Batch verbs, as the dispatcher calls them, out of verbs that take one event."""

from collections.abc import Callable, Sequence
from functools import wraps

from maillon.items.services import lock_items
from maillon.kernel.clock import Clock
from maillon.outbox.acting import Actor, acting
from maillon.outbox.registry import Handed, Verb


def each(verb: Callable[..., None]) -> Verb:
    """A batch verb that calls `verb` with one event after another.

    The items of all are locked first, in the order of their ids, so that two batches never wait for each other.
    """

    @wraps(verb)
    def batch(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
        with acting(by):
            lock_items(item_ids=[event.item for event in handed if event.item])
            for event in handed:
                verb(handed=event, by=by, clock=clock)

    return batch
