"""State machines as tables: one row per arrow. The same table feeds services, constraints and docs/chain.md."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from maillon.kernel.errors import ForbiddenStep


class Role(StrEnum):
    """Who may take an arrow, as a kind of actor (permissions say which person)."""

    PERSON = "person"
    CLOCK = "clock"
    SYSTEM = "system"
    PARTNER = "partner"


class Arrow(NamedTuple):
    """`verb` leads from `source` to `target`, taken by `actor`."""

    verb: str
    source: StrEnum
    target: StrEnum
    actor: Role


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The life of one kind of row. `states` in reading order; `final` are the states no arrow leaves."""

    name: str
    states: type[StrEnum]
    initial: frozenset[StrEnum]
    final: frozenset[StrEnum]
    arrows: tuple[Arrow, ...]

    def targets(self, state: str, verb: str) -> frozenset[StrEnum]:
        """The states that `verb` may lead to from `state`; empty where it is forbidden."""
        return frozenset(a.target for a in self.arrows if a.source == state and a.verb == verb)

    def step(self, state: str, verb: str, target: StrEnum | None = None) -> StrEnum:
        """The state after `verb`. Name the `target` where a verb may end in several.

        Raises ForbiddenStep where the table has no such arrow.
        """
        reachable = self.targets(state, verb)
        if target is not None:
            if target in reachable:
                return target
        elif len(reachable) == 1:
            return next(iter(reachable))
        wanted = f" to {target}" if target is not None else ""
        may = ", ".join(sorted({a.verb for a in self.arrows if a.source == state})) or "nothing"
        article = "An" if self.name[0] in "aeiou" else "A"
        raise ForbiddenStep(f"{article} {self.name} that is {state} cannot {verb}{wanted}; possible now: {may}.")

    def names(self) -> tuple[str, ...]:
        """The values the database column may hold."""
        return tuple(s.value for s in self.states)
