"""When opinions settle a case. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maillon.hotline.analysis.states import Case
from maillon.rules.table import Row, load

STATED = ("danger_now", "about_me", "minor")
"""What reporters may state that makes a case more urgent."""

FLAGS = ("belgian_suspect", "belgian_victim", "imminent_danger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One person's latest opinion in a round. `severity` is 1–5, or None; `senior` when the person may settle."""

    person: str
    scheme: str
    version: str
    code: str
    outcome: str
    severity: int | None
    flags: frozenset[str]
    on: date
    body: str
    senior: bool = False

    def label(self) -> tuple[str, str, str]:
        """What two opinions must share to agree."""
        return self.scheme, self.version, self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Where a case stands given its opinions; the agreed assessment when it is settled."""

    state: Case
    rule: Row
    code: tuple[str, str, str] | None = None
    outcome: str = ""
    severity: int | None = None
    flags: frozenset[str] = frozenset()


ON_THE_CLOCK = 1
"""The urgency at which somebody may be in danger now: terms and escalations run on the clock, not in working time."""


def urgency(stated: frozenset[str], on: date) -> Row:
    """How urgent, from 1 (most) to 5, by what reports state: the row's number. Source: rules/tables/urgency.toml"""
    return load("urgency").row(on=on, **{word: "yes" if word in stated else "no" for word in STATED})


def known_urgency(*, equal: bool, on: date) -> Row:
    """How urgent at least, once known content was found: equal, or alike. Source: rules/tables/known.toml"""
    return load("known").row(on=on, nearest="equal" if equal else "alike")


def opinions_needed(opinion: Opinion) -> Row:
    """The rule on how many people must say so. Source: rules/tables/opinions_needed.toml"""
    return load("opinions_needed").row(
        on=opinion.on,
        body=opinion.body,
        outcome=opinion.outcome,
        severity=str(opinion.severity) if opinion.severity else "none",
        danger="yes" if "imminent_danger" in opinion.flags else "no",
        flagged="yes" if opinion.flags & {"belgian_victim", "belgian_suspect"} else "no",
    )


def conclude(opinions: Sequence[Opinion]) -> Conclusion:
    """What the opinions of a round amount to, oldest first, one per person.

    A senior's opinion given after a disagreement decides it. Where all agree on the code, the rule row of each is
    read and the strictest holds; the severity settled is the highest stated, the flags are all that were raised.
    Otherwise the opinions are disputed.
    """
    rules = [opinions_needed(o) for o in opinions]
    strictest = max(rules, key=lambda r: r.number)
    deciding = _deciding_senior(opinions)
    if deciding is not None:
        return _settled([deciding], rules[opinions.index(deciding)])
    if len({o.label() for o in opinions}) > 1:
        return Conclusion(state=Case.DISPUTED, rule=strictest)
    if len(opinions) < strictest.number:
        return Conclusion(state=Case.SECOND_OPINION, rule=strictest)
    return _settled(opinions, strictest)


def _deciding_senior(opinions: Sequence[Opinion]) -> Opinion | None:
    """The last opinion, where it is a senior's and at least two people before it disagreed."""
    before = {o.label() for o in opinions[:-1]}
    return opinions[-1] if len(before) > 1 and opinions[-1].senior else None


def _settled(agreeing: Sequence[Opinion], rule: Row) -> Conclusion:
    severities = [o.severity for o in agreeing if o.severity]
    return Conclusion(
        state=Case.SETTLED,
        rule=rule,
        code=agreeing[0].label(),
        outcome=agreeing[0].outcome,
        severity=max(severities, default=None),
        flags=frozenset().union(*(o.flags for o in agreeing)),
    )
