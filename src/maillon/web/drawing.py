"""Charts as SVG, drawn here and once: the browser gets a picture, no script."""

import re
from collections import OrderedDict
from functools import lru_cache
from threading import Lock

from maillon.web.charts import Told
from maillon.web.shapes import Style, spec
from maillon.web.tokens import face

KEPT = 64
"""How many charts are remembered, and four pictures of each."""

NEEDLESS = re.compile(
    r' (?:aria-[a-z]+|role|class|pointer-events|stroke-miterlimit|font-family|version|xmlns:xlink)="[^"]*"| opacity="1"'
)
UNSEEN = re.compile(r'<path d="[^"]*"(?: display="none")?/>|<text [^>]*opacity="0"[^>]*>[^<]*</text>')
EMPTY = re.compile(r"<g(?: [^>]*)?></g>")
FRACTION = re.compile(r"\d+\.\d{2,}")

_lock = Lock()
_kept: OrderedDict[str, Told] = OrderedDict()


def keep(told: Told) -> None:
    """Remember what a page just showed, so that its pictures need not ask again."""
    with _lock:
        _kept[told.digest] = told
        _kept.move_to_end(told.digest)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def kept(digest: str) -> Told | None:
    """What was told with this digest, where this process still knows."""
    return _kept.get(digest)


def svg(told: Told, style: Style) -> bytes:
    """The chart as SVG. What says the same is drawn once, whoever asks."""
    keep(told)
    with _lock:
        return _drawn(told.digest, style)


@lru_cache(maxsize=4 * KEPT)
def _drawn(digest: str, style: Style) -> bytes:
    import vl_convert  # loading it takes a while: only where something is drawn

    return lean(vl_convert.vegalite_to_svg(spec(_kept[digest], style))).encode()


def lean(drawn: str) -> str:
    """The same picture without what an image does not need: roles, empty groups, a face on every word."""
    found = UNSEEN.sub("", NEEDLESS.sub("", drawn))
    while EMPTY.search(found):
        found = EMPTY.sub("", found)
    found = FRACTION.sub(lambda number: f"{float(number[0]):.1f}", found)
    return found.replace("<svg ", f'<svg font-family="{face()}" ', 1)
