"""The colours and faces of `static/web/tokens.css`, for what the program draws, and how well they stand out."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "static/web/tokens.css"
SCHEMES = ("light", "dark")


@cache
def colours(scheme: str) -> Mapping[str, str]:
    """Each colour's name and its value as `#rrggbb`, in the scheme `light` or `dark`."""
    part = _text().split("@media")[SCHEMES.index(scheme)]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))


@cache
def face() -> str:
    """The faces of the text, as a list for `font-family` without a quotation mark of its own."""
    found = re.search(r"--face: ([^;]+);", _text())
    assert found is not None
    return found[1].replace('"', "")


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _text() -> str:
    return FILE.read_text(encoding="utf-8")
