"""The lives of lookups and fetches: pieces of network work on one item."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Lookup(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


L = Lookup


def _network_work(name: str) -> Machine:
    return Machine(
        name=name,
        states=Lookup,
        initial=frozenset({L.WAITING}),
        final=frozenset({L.DONE}),
        arrows=(
            Arrow("claim", L.WAITING, L.RUNNING, Role.SYSTEM),
            Arrow("claim", L.RUNNING, L.RUNNING, Role.SYSTEM),
            Arrow("put off", L.RUNNING, L.WAITING, Role.SYSTEM),
            Arrow("conclude", L.RUNNING, L.DONE, Role.SYSTEM),
        ),
    )


LOOKUP = _network_work("lookup")
CONTACT_LOOKUP = _network_work("contact lookup")
FETCH = _network_work("fetch")
