"""Pages that answer without a network, and a reader of images: what `fetch_due` is given as arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock

from PIL import Image

from maillon.decoding.shapes import Decoded, Kind, Reason, Undecodable
from maillon.observation.fetching.fetched import Fetched, Hop, Part
from maillon.observation.fetching.refusals import outcome
from tests.factories.captures import archived, squares

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


def a_hop(url: str, **more: object) -> Hop:
    hop = Hop(url=url, referrer="", address="192.0.2.1", status=200, location="", tls="", at=AT)
    return replace(hop, **more)  # type: ignore[arg-type]


def a_part(kind: str, url: str, body: bytes, mime: str, reason: str = "") -> Part:
    """What one address gave, or the reason why it gave nothing."""
    return Part(
        kind=kind, url=url, outcome=outcome(reason), reason=reason, hops=(a_hop(url),), status=None if reason else 200,
        mime="" if reason else mime, body=b"" if reason else body, warc=archived(url, body, mime),
    )  # type: ignore[arg-type]  # fmt: skip


def a_page(
    url: str, *images: bytes, reason: str = "", media: Sequence[Part] = (), needs_scripts: bool = False
) -> Fetched:
    """A page that names these images; or why there is none."""
    named = [a_part("image", f"{url}/{n}.png", body, "image/png") for n, body in enumerate(images)]
    parts = (*named, *media)
    page = a_part("page", url, b"<p>A neutral sentence.</p>", "text/html", reason)
    return Fetched(
        page=page, media=parts, needs_scripts=needs_scripts, text="A neutral sentence.", named=len(parts)
    )  # fmt: skip


@dataclass
class Internet:
    """Every address gives the page named for it, else one with an image of squares. `before` is called each time."""

    pages: Mapping[str, Fetched] = field(default_factory=dict)
    before: Callable[[str], object] = lambda url: None
    size: int = 2
    asked: list[str] = field(default_factory=list)
    most: int = 0
    _now: int = 0
    _lock: Lock = field(default_factory=Lock)

    def fetch(self, url: str, referrer: str = "") -> Fetched:
        with self._lock:
            self.asked.append(url)
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            self.before(url)
            return self.pages.get(url) or a_page(url, squares(1))
        finally:
            with self._lock:
                self._now -= 1


class Reader:
    """Reads images by Pillow alone; what is none is undecodable."""

    def read(self, body: bytes, kind: Kind | None = None) -> Decoded:
        try:
            image = Image.open(BytesIO(body))
        except OSError:
            raise Undecodable(Reason.NOT_AN_IMAGE) from None
        return Decoded(
            kind=Kind.IMAGE, mime="image/png", width=image.width, height=image.height, frames=1, seconds=0.0,
            codec="png", pdq=bytes(32), quality=90,
        )  # fmt: skip
