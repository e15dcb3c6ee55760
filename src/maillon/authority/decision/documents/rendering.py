"""A decision as a PDF: the same content gives the same bytes. No network, no fonts but those that typst brings."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypedDict

import orjson
import typst

LAYOUT = Path(__file__).parent / "layout.typ"
LINE = 76
"""How many characters of an address stand on one line of the frame."""


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
    """The PDF (PDF/A-2b, tagged); `at` is the moment that it names as its own."""
    return typst.compile(
        LAYOUT,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(page._asdict()).decode()},
    )


def _lines(address: str) -> list[str]:
    return [address[start : start + LINE] for start in range(0, len(address), LINE)]
