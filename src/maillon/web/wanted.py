"""What somebody wants to see of the queue, as it stands in an address and in a form."""

from collections.abc import Iterator

from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from maillon.hotline.analysis.filters import Wanted, from_criteria
from maillon.kernel.errors import BadInput
from maillon.web.labels import country, label
from maillon.web.paging import read_number

TEXTS = ("country", "site", "channel", "language")
ALL = Wanted()
Text = str | Promise


def read(query: QueryDict) -> Wanted:
    """What an address or a form asks for; parts left empty are not asked for. Raises Http404 where they cannot be."""
    urgency = query.get("urgency") or "0"
    criteria = {name: query.get(name, "").strip() for name in TEXTS}
    states = [state for state in query.getlist("state") if state]
    number = read_number(urgency, 9)
    try:
        return from_criteria({**criteria, "states": states, "urgency": number, "late": "late" in query})
    except BadInput:
        raise Http404 from None


def pairs(wanted: Wanted) -> list[tuple[str, str]]:
    """The reverse of `read`, as names and values of fields."""
    found: list[tuple[str, str]] = [("state", state) for state in wanted.states]
    found += [(name, getattr(wanted, name)) for name in TEXTS if getattr(wanted, name)]
    if wanted.urgency:
        found.append(("urgency", str(wanted.urgency)))
    return [*found, ("late", "yes")] if wanted.late else found


def as_query(wanted: Wanted) -> str:
    """The reverse of `read`, as the query of an address."""
    return urlencode(pairs(wanted))


def words(wanted: Wanted, language: str) -> Iterator[Text]:
    """What is asked for, in words."""
    yield from (label("case", state).text for state in wanted.states)
    if wanted.urgency:
        yield format_lazy(_("urgency {n} or more urgent"), n=wanted.urgency) if wanted.urgency > 1 else _("urgency 1")
    if wanted.late:
        yield _("past their term")
    if wanted.country:
        yield country(wanted.country, language).text
    if wanted.site:
        yield wanted.site
    if wanted.channel:
        yield label("channel", wanted.channel).text
    if wanted.language:
        yield wanted.language
