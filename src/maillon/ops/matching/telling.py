"""What was found, as lines of the output: JSON, or columns for people."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from maillon.ops.matching.asking import Hit
from maillon.ops.matching.hashing import Hashed
from maillon.ops.matching.lists import Bad, Line

WIDTHS = (60, 8, 8, 24, 20, 7)
HEADING = ("what", "type", "distance", "bank", "entry", "quality")
ENCODE = json.JSONEncoder(separators=(",", ":")).encode  # in ASCII: names hold what moves a terminal
Told = dict[str, Any]
Form = Callable[[Told], str]


def of_piece(hashed: Hashed, hits: Sequence[Hit]) -> Told:
    """The line of a file: every hash but those of frames, of which it has the number."""
    found: Told = {"path": hashed.piece.path}
    if hashed.piece.members:
        found["members"] = list(hashed.piece.members)
    if hashed.kind:
        found |= {"kind": hashed.kind, "size": hashed.size}
    frames = 0
    for hash in hashed.hashes:
        if hash.second is not None:
            frames += 1
            continue
        found[hash.type] = hash.digits
        if hash.quality is not None:
            found["quality"] = hash.quality
    if frames:
        found["frames"] = frames
    if hashed.refused:
        found["refused"] = hashed.refused
    return found | {"matches": [_hit(hit, many=bool(frames)) for hit in hits]}


def of_line(path: str, line: Line | Bad, hits: Sequence[Hit]) -> Told:
    """The line of a hash; the type is null where the list says none."""
    if isinstance(line, Bad):
        return {"path": path, "line": line.number, "text": line.text, "refused": "no_hash", "matches": []}
    found: Told = {"path": path, "line": line.number, "type": line.type or None, "hash": line.hash.hex()}
    if name := line.fields.get("name"):
        found["name"] = name
    return found | {"matches": [_hit(hit) for hit in hits]}


def unmatched(path: str, form: Form) -> Callable[[Line], str]:
    """How lines of this list are told that match nothing: most lines of most lists, and so without detours."""
    if form is not as_json:
        return lambda line: form(of_line(path, line, ()))
    begin = f'{{"path":{ENCODE(path)},"line":'

    def tell(line: Line) -> str:
        if line.fields:
            return as_json(of_line(path, line, ()))
        kind = f'"{line.type}"' if line.type else "null"
        return f'{begin}{line.number},"type":{kind},"hash":"{line.hash.hex()}","matches":[]}}\n'

    return tell


def _hit(hit: Hit, *, many: bool = False) -> Told:
    found = hit._asdict()
    hashes = found.pop("hashes")
    return found | {"frames": hashes} if many and hit.type == "vpdq" else found


def as_json(told: Told) -> str:
    """One line of JSON Lines."""
    return ENCODE(told) + "\n"


def as_table(told: Told) -> str:
    """A row for each match; what has none, or could not be read, has one that says so."""
    what = "/".join([told["path"], *told.get("members", ())]) + (f":{told['line']}" if "line" in told else "")
    rows: list[Iterable[object]] = [
        (what, hit["type"], hit["distance"], hit["bank"], hit["entry"], _known(hit["quality"]))
        for hit in told["matches"]
    ]
    if "refused" in told:
        rows.append((what, f"not read: {told['refused']}"))
    return "".join(row(cells) for cells in rows or [(what, "–")])


def heading() -> str:
    return row(HEADING)


def row(cells: Iterable[object]) -> str:
    """Cells in columns; one that is wider than its column takes the room it needs."""
    texts = [printable(str(cell)) for cell in cells]
    return "  ".join(f"{text:<{width}}" for text, width in zip(texts, WIDTHS, strict=False)).rstrip() + "\n"


def printable(text: str) -> str:
    """Without what moves a terminal or turns its writing round."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _known(value: object) -> object:
    return "" if value is None else value
