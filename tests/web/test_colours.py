"""Every ink can be read on its ground, in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

import maillon.web
from maillon.web import tokens
from maillon.web.pages.design import LINES, TEXT

TOKENS = (Path(maillon.web.__file__ or "").parent / "static/web/tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in TOKENS.split("@media"))
both = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@both
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5


@both
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_edges_and_focus_stand_out(colours: dict[str, str], line: str, ground: str) -> None:
    assert contrast(colours[line], colours[ground]) >= 3


def test_dark_has_every_colour_that_light_has() -> None:
    assert set(LIGHT) == set(DARK)


def test_the_colours_read_and_their_contrast_are_those_of_the_stylesheet() -> None:
    assert (tokens.colours("light"), tokens.colours("dark")) == (LIGHT, DARK)
    for colour in LIGHT.values():
        assert tokens.contrast(colour, "#ffffff") == pytest.approx(contrast(colour, "#ffffff"))
