"""An opinion as a form states it: a code of a scheme, a severity, flags, a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.hotline.analysis.policy import FLAGS
from maillon.hotline.analysis.services import Stated
from maillon.outbox.sql import Row
from maillon.rules.schemes import SEVERITIES, Code, Outcome, Scheme, schemes

Text = str | Promise
LONGEST = 2000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A code to choose: `value` names it with its scheme; `number` counts the choices of a form from 1."""

    number: int
    value: str
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a form holds, sent or not: `errors` by field, in words; `stated` where there are none."""

    code: str = ""
    severity: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""
    errors: Mapping[str, Text] = field(default_factory=dict)
    stated: Stated | None = None


def schemes_in_use() -> list[Scheme]:
    """The newest version of every scheme."""
    newest: dict[str, Scheme] = {}
    for one in sorted(schemes().values(), key=lambda s: [int(p) if p.isdigit() else 0 for p in s.version.split(".")]):
        newest[one.name] = one
    return [newest[name] for name in sorted(newest)]


def choices() -> list[Choice]:
    """Every code that can be chosen, in reading order."""
    found = [(one, code) for one in schemes_in_use() for code in one.codes.values()]
    return [
        Choice(number=n, value=f"{one.name}/{one.version}/{code.code}", code=code)
        for n, (one, code) in enumerate(found, start=1)
    ]


def read(form: QueryDict) -> Given:
    """What the form states, or what is wrong with it."""
    code, severity, reason = form.get("code", ""), form.get("severity", ""), form.get("reason", "").strip()
    flags = tuple(flag for flag in FLAGS if flag in form.getlist("flag"))
    known = {choice.value: choice for choice in choices()}
    errors: dict[str, Text] = {}
    if code not in known:
        errors["code"] = _("Choose a code.")
    if severity not in ("", *map(str, SEVERITIES)):
        errors["severity"] = _("A severity is a number from 1 to 5.")
    elif not severity and code in known and known[code].code.outcome is Outcome.ILLEGAL:
        errors["severity"] = _("State a severity: nothing illegal is sent on without one.")
    if len(reason) > LONGEST:
        errors["reason"] = _("Make the reason shorter.")
    if errors:
        return Given(code=code, severity=severity, flags=flags, reason=reason, errors=errors)
    name, version, letter = code.split("/")
    number = int(severity) if severity else None
    stated = Stated(scheme=name, version=version, code=letter, severity=number, flags=frozenset(flags), reason=reason)
    return Given(code=code, severity=severity, flags=flags, reason=reason, stated=stated)


def said_before(row: Row) -> Given:
    """The form filled with an opinion given earlier."""
    return Given(
        code=f"{row['scheme']}/{row['version']}/{row['code']}",
        severity=str(row["severity"] or ""),
        flags=tuple(row["flags"]),
        reason=str(row["reason"]),
    )
