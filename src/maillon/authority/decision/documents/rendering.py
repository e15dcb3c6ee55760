"""A decision as a PDF: the same content gives the same bytes. No network, no fonts but those that typst brings."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import orjson
import typst

LAYOUT = Path(__file__).parent / "layout.typ"
LINE = 76
"""How many characters of an address stand on one line of the frame."""
UNSURE = re.compile(r"[^\n\t\x20-\x7e\xa0-\u017f\u2010-\u2027\u20ac]")
"""What is written as its code where the fonts lack something: all but Latin letters and their signs."""


class Section(TypedDict):
    """A numbered part: what it says, and the addresses of which it speaks, each cut into lines."""

    title: str
    words: list[str]
    addresses: list[list[str]]


class Page(NamedTuple):
    """What `layout.typ` lays out. `facts` are pairs of a label and what it tells."""

    language: str
    office: str
    title: str
    subtitle: str
    number: str
    facts: list[tuple[str, str]]
    sections: list[Section]
    signed: str
    signature: str


def section(title: str, *words: str, addresses: tuple[str, ...] = ()) -> Section:
    """A part of a decision. Words keep their paragraphs, addresses every character."""
    paragraphs = [line for text in words for line in text.split("\n") if line.strip()]
    return {"title": title, "words": paragraphs, "addresses": [_lines(address) for address in addresses]}


def render(page: Page, *, at: datetime) -> bytes:
    """The PDF (PDF/A-2b, tagged); `at` is the moment that it names as its own.

    A character that no font has, in words or in an address as it was reported, stands as its code: `[U+6F22]`.
    """
    said = page._asdict()
    try:
        return _compiled(said, at)
    except typst.TypstError:
        return _compiled(_spelt(said), at)


def _compiled(said: dict[str, Any], at: datetime) -> bytes:
    return typst.compile(
        LAYOUT,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(said).decode()},
    )


def _spelt(said: Any) -> Any:
    """The same, each character that may be in no font as its code."""
    if isinstance(said, str):
        return UNSURE.sub(lambda one: f"[U+{ord(one[0]):04X}]", said)
    if isinstance(said, dict):
        spelt = {name: _spelt(value) for name, value in said.items()}
        cut = {"addresses": [_lines("".join(one)) for one in spelt["addresses"]]} if "addresses" in spelt else {}
        return {**spelt, **cut}
    return [_spelt(one) for one in said]


def _lines(address: str) -> list[str]:
    return [address[start : start + LINE] for start in range(0, len(address), LINE)]
