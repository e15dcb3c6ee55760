"""Lists of hashes: text, one hash a line, or several fields a line, with or without a heading.

Fields are separated by commas, semicolons or tabs, whichever the first line has. Empty lines, and those that begin
with #, say nothing; every other one is a line with a hash or a bad one.
"""

import codecs
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from maillon.kernel.errors import BadInput
from maillon.matching.errors import BadHash
from maillon.matching.hashes import type_named, types

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
HEAD = 1 << 16  # bytes by which a list is known
LOOKED_AT = 100  # lines of them
LONGEST = 4096  # characters of a line
SHOWN = 80  # characters of a bad one
COMMENT = "#"
EDGE = ' \t"'
STDIN = "-"
NOTHING: Mapping[str, str] = MappingProxyType({})
Numbered = Iterable[tuple[int, str]]
Columns = Callable[[int], Sequence[str]]
"""What the fields of a line are, by how many there are; more than are named are passed over."""


class Line(NamedTuple):
    """A line with a hash. `type`: "" where it is not said; then it may be any that has such a length."""

    number: int
    type: str
    hash: bytes
    fields: Mapping[str, str] = NOTHING


class Bad(NamedTuple):
    """A line that cannot be used, and why, in a sentence."""

    number: int
    text: str
    why: str


def matched(count: int) -> Sequence[str]:
    """Of a list to be matched: `hash`, or `type,hash[,name]`."""
    return ("hash",) if count == 1 else ("type", "hash", "name")


def added(count: int) -> Sequence[str]:
    """Of a list to be added: `hash[,entry[,quality]]`."""
    return ("hash", "entry", "quality")


def is_list(head: bytes) -> bool:
    """Whether a file whose first HEAD bytes these are is a list: half or more of its first lines hold hashes."""
    if b"\0" in head and not encoding(head).startswith("utf-16"):
        return False
    lines = head.decode(encoding(head), "replace").splitlines()
    whole = lines[:-1] if len(head) == HEAD else lines
    found = list(parsed(enumerate(whole[:LOOKED_AT], start=1), matched))
    return 2 * sum(isinstance(line, Line) for line in found) >= len(found) > 0


def read(path: str, columns: Columns, *, type: str = "") -> Iterator[Line | Bad]:
    """The lines of a list, or of standard input; `type` is that of the hashes whose line says none. Raises BadInput."""
    return parsed(_lines(path), columns, type=type)


def encoding(head: bytes) -> str:
    """Of a text that begins so."""
    return next((name for mark, name in BOMS if head.startswith(mark)), "utf-8")


def _lines(path: str) -> Iterator[tuple[int, str]]:
    """Numbered from 1 on; of one that is too long no more than shows that it is."""
    try:
        with sys.stdin.buffer if path == STDIN else open(path, "rb") as file:
            head = file.peek(4) if isinstance(file, io.BufferedReader) else b""
            with io.TextIOWrapper(file, encoding=encoding(head), errors="backslashreplace") as text:
                number = 0
                while line := text.readline(LONGEST + 1):
                    number += 1
                    yield number, line
                    while len(line) > LONGEST and not line.endswith("\n"):
                        line = text.readline(LONGEST + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None


def parsed(lines: Numbered, columns: Columns, *, type: str = "") -> Iterator[Line | Bad]:
    """Each line that says something, as what it says."""
    separator, layout = "", None
    for number, line in lines:
        text = line.strip()
        if not text or text[0] == COMMENT:
            continue
        if not separator:
            separator = max(",;\t", key=text.count)
            heading = tuple(field.strip(EDGE).lower() for field in text.split(separator))
            if "hash" in heading:
                layout = _layout(heading)
                continue
        fields = text.split(separator)
        if " " in text or '"' in text:
            fields = [field.strip(EDGE) for field in fields]
        yield _line(number, text, fields, layout or _layout(tuple(columns(len(fields)))), type)


class Layout(NamedTuple):
    """Where the fields stand in a line; `type` is -1 where there is none."""

    type: int
    hash: int
    others: Sequence[tuple[str, int]]


@lru_cache(maxsize=64)
def _layout(names: tuple[str, ...]) -> Layout:
    others = [(name, at) for at, name in enumerate(names) if name not in ("type", "hash")]
    return Layout(names.index("type") if "type" in names else -1, names.index("hash"), others)


def _line(number: int, text: str, fields: Sequence[str], layout: Layout, type: str) -> Line | Bad:
    count = len(fields)
    said = fields[layout.type] if 0 <= layout.type < count else ""
    digits = fields[layout.hash] if layout.hash < count else ""
    try:
        kind = _type(said) if said else type
        found = type_named(kind).parse(digits) if kind else any_type(digits)
    except BadHash as error:
        return Bad(number, text[:SHOWN], str(error))
    others = {name: fields[at] for name, at in layout.others if at < count} if layout.others else NOTHING
    return Line(number, kind, found, others or NOTHING)


@lru_cache(maxsize=64)
def _type(text: str) -> str:
    """As the types are called, which others write in capitals and with hyphens."""
    return text.lower().replace("-", "")


def any_type(text: str) -> bytes:
    """A hash of any type. Raises BadHash."""
    named = of_size(len(text) // 2)
    if len(text) % 2 or not named:
        raise BadHash(f"{text[:SHOWN]!r} is no hash; give 32, 40 or 64 hexadecimal digits.")
    return type_named(named[0]).parse(text)


@cache
def of_size(size: int) -> tuple[str, ...]:
    """The types whose hashes have so many bytes."""
    return tuple(name for name, known in types().items() if known.size == size)
