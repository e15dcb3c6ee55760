"""What will follow from each opinion, as lines of a page: CSS shows the one that is chosen (`web/console.css`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillon.hotline.referral.foresight import Follows, Outlook, foresee
from maillon.rules.schemes import SEVERITIES
from maillon.web.stating import Choice, choices, schemes_in_use

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One who gets it: the partner's id, why, within what time, and the rule on that."""

    partner: str
    purpose: str
    within: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What follows where `classes` hold: the choice's number, severities, danger and flagged, as classes of CSS.

    `opinions` is how many must say so, `opinions_rule` and `rule` are references of rules.
    """

    classes: str
    code: str
    when: Sequence[Text]
    opinions: int
    opinions_rule: str
    rule: str
    ways: Sequence[Way]
    undecided: bool
    illegal: bool


def lines(*, country: str, provider_country: str, on: date) -> list[Line]:
    """Every line, for an item hosted in `country` (see `foresee`)."""
    numbers = {choice.value: choice for choice in choices()}
    return [
        _line(numbers[f"{scheme.name}/{scheme.version}/{outlook.code.code}"], outlook)
        for scheme in schemes_in_use()
        for outlook in foresee(scheme=scheme, country=country, provider_country=provider_country, on=on)
    ]


def rules_of(shown: Sequence[Line]) -> list[str]:
    """The references of all rules that the lines rest on, each once."""
    found = [ref for line in shown for ref in (line.opinions_rule, line.rule, *(way.rule for way in line.ways)) if ref]
    return list(dict.fromkeys(found))


def _line(choice: Choice, outlook: Outlook) -> Line:
    severities = [f"s{severity or 0}" for severity in outlook.severities]
    up = [f"d{int(danger)}" for danger in outlook.danger] + [f"f{int(flagged)}" for flagged in outlook.flagged]
    follows = outlook.follows
    return Line(
        classes=" ".join([f"c{choice.number}", *severities, *up]),
        code=outlook.code.code,
        when=list(_when(outlook)),
        opinions=follows.opinions.number,
        opinions_rule=follows.opinions.ref,
        rule=follows.routed.ref if follows.routed else "",
        ways=_ways(follows),
        undecided=follows.undecided,
        illegal=outlook.code.outcome == "illegal",
    )


def _when(outlook: Outlook) -> Sequence[Text]:
    """In which cases of the code it follows; nothing where it always does."""
    found: list[Text] = []
    stated = [severity for severity in outlook.severities if severity]
    if len(stated) < len(SEVERITIES):
        found.append(_("severity %(range)s") % {"range": _range(stated)})
    if len(outlook.danger) == 1:
        found.append(_("imminent danger") if outlook.danger[0] else _("no imminent danger"))
    if len(outlook.flagged) == 1:
        up = outlook.flagged[0]
        found.append(_("Belgian victim or suspect") if up else _("no Belgian victim or suspect"))
    return found


def _range(numbers: Sequence[int]) -> str:
    """Neighbours as a range: `2–5`."""
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def _ways(follows: Follows) -> list[Way]:
    return [
        Way(
            partner=f"inhope-{sent.to.country.lower()}" if sent.to.country else sent.to.kind.replace("_", "-"),
            purpose=sent.to.purpose,
            within=within(sent.within.fields),
            rule=sent.within.ref,
        )
        for sent in follows.sent
    ]


def within(fields: dict[str, Any]) -> str:
    """A term of a rule in words: `within 1 working hour`."""
    count = int(fields["amount"])
    texts = {
        "clock_hours": ngettext("within %(count)d hour", "within %(count)d hours", count),
        "working_hours": ngettext("within %(count)d working hour", "within %(count)d working hours", count),
        "days": ngettext("within %(count)d day", "within %(count)d days", count),
        "working_days": ngettext("within %(count)d working day", "within %(count)d working days", count),
    }
    return texts[fields["unit"]] % {"count": count}
