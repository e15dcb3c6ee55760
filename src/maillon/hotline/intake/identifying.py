"""What in a report may identify its author, shown before it is sent so that they can withhold it. Pure.

It points out and never decides: it misses much, and some of what it finds is the very location. Each thing found is a
stretch of the text as it was written; withholding cuts it out of an address, and puts `[…]` in its place elsewhere.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from maillon.hotline.intake.identifying_addresses import ADDRESS, in_addresses
from maillon.hotline.intake.identifying_people import in_prose

Where = Literal["locations", "remark"]
KINDS = ("session", "share", "account", "login", "random", "email", "name", "phone", "national_number", "bank_account")
"""A sign-in in an address; who shared it; an account's id; a user name before the host; a long value that may be
unique; and what people write about themselves."""

GONE = "[…]"
_JOINS = "?&;#"


class Finding(NamedTuple):
    """`text` stands at [`start`, `end`) of the field `where`; `kind` is one of `KINDS`."""

    kind: str
    where: Where
    start: int
    end: int
    text: str


def findings(text: str, remark: str) -> tuple[Finding, ...]:
    """What may identify the author, in the order in which it stands: in the field of locations, then in the remark.

    No two overlap. Never raises, whatever the text.
    """
    found = [_finding("locations", text, span) for span in _apart(in_addresses(text))]
    prose = ADDRESS.sub(lambda m: "\n" * len(m[0]), remark)  # as long as it was: places stay what they are
    found += [_finding("remark", remark, span) for span in _apart([*in_addresses(remark), *in_prose(prose)])]
    return tuple(found)


def withheld(text: str, chosen: Sequence[Finding]) -> str:
    """`text` without what was `chosen` of its own findings; an address stays an address."""
    addresses = [match.span() for match in ADDRESS.finditer(text)]
    begins = [start for start, _ in addresses]
    for finding in sorted(chosen, key=lambda f: f.start, reverse=True):
        before, after = text[: finding.start], text[finding.end :]
        n = bisect(begins, finding.start) - 1
        if n < 0 or finding.end > addresses[n][1]:
            text = before + GONE + after
        elif finding.kind == "login" or before[-1:] not in _JOINS:
            text = before + after
        elif after[:1] in ("&", ";"):
            text = before + after[1:]
        else:
            text = before[:-1] + after
    return text


def _finding(where: Where, text: str, span: tuple[str, int, int]) -> Finding:
    kind, start, end = span
    return Finding(kind, where, start, end, text[start:end])


def _apart(spans: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Of spans that overlap the one that begins first, the longest of those; empty ones go."""
    kept: list[tuple[str, int, int]] = []
    for span in sorted(spans, key=lambda s: (s[1], -s[2])):
        if span[1] < span[2] and (not kept or span[1] >= kept[-1][2]):
            kept.append(span)
    return kept
