"""What fetches bring, without fetching: pages with images of squares, sealed into the vault of this test process."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from uuid import UUID, uuid4

from django.conf import settings
from PIL import Image, ImageDraw

from maillon.evidence.opening import demo_recipients, open_vault
from maillon.evidence.services import keep, recipients
from maillon.evidence.vault import Thing, Vault
from maillon.items.captures import NewCapture, NewMedium, capture, keep_captures, media_of
from maillon.items.services import lock_item
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.people import an_operator
from tests.factories.world import World

TEXT = "A neutral page about squares.\nIts second line."


def squares(number: int, width: int = 640, height: int = 480) -> bytes:
    """A PNG of coloured squares, another for each number."""
    image = Image.new("RGB", (width, height), (240, 240, 235))
    draw = ImageDraw.Draw(image)
    for n in range(12):
        x, y = (n * 53 + number * 37) % (width - 80), (n * 71 + number * 19) % (height - 80)
        draw.rectangle((x, y, x + 40 + n, y + 40 + n), fill=((40 * n) % 256, (90 * number) % 256, (255 - 20 * n) % 256))
    found = BytesIO()
    image.save(found, "PNG")
    return found.getvalue()


def archived(url: str, body: bytes, mime: str, *, text: str = "") -> bytes:
    """A WARC 1.1 file of one answer, and of a page's text beside it."""
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    found = _record("response", url, "application/http; msgtype=response", answer)
    return found + _record("conversion", url, "text/plain; charset=utf-8", text.encode()) if text else found


def _record(kind: str, url: str, mime: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-03T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid4()}>\r\nContent-Type: {mime}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def a_vault(at: datetime) -> Vault:
    """The vault of this test process, with a key of every kind recorded."""
    demo_recipients(settings=settings.MAILLON, by=an_operator(), at=at)
    return open_vault(settings.MAILLON)


def a_capture(
    world: World,
    item: UUID,
    *,
    images: Sequence[bytes] | None = None,
    videos: Sequence[bytes] = (),
    text: str = TEXT,
    url: str = "http://images.be.test",
) -> UUID:
    """One fetch of an item that received a page and what it names (two images unless told); the capture's id."""
    pictures = [squares(1), squares(2)] if images is None else list(images)
    bodies = [*(("image", "image/png", one) for one in pictures), *(("video", "video/mp4", one) for one in videos)]
    vault, by, at = a_vault(world.now), system_actor("hotline", "fetcher"), world.now
    page = archived(f"{url}/", b"<p>squares</p>", "text/html", text=text)
    pages = [Thing(item, "page", page)]
    things = [Thing(item, "medium", archived(f"{url}/{n}", one, mime)) for n, (_, mime, one) in enumerate(bodies)]
    sealed = vault.seal_all("hotline", [*pages, *things], recipients("hotline"))
    id = uuid7(at)
    with acting(by):
        lock_item(item_id=item)
        objects = keep(sealed=sealed, by=by, at=at)
        media = [
            NewMedium(
                id=uuid7(at), kind=kind, url=f"{url}/{n}", outcome="ok", mime=mime, size=len(one),
                width=640 if kind == "image" else 320, height=480 if kind == "image" else 240,
                seconds=4.0 if kind == "video" else None, frames=40 if kind == "video" else None,
                sha256=sha256(one).digest(), pdq_quality=100 if kind == "image" else None, object_id=object_id,
            )
            for n, ((kind, mime, one), object_id) in enumerate(zip(bodies, objects[1:], strict=True))
        ]  # fmt: skip
        made = NewCapture(
            id=id, item_id=item, purpose="assess", asked_by="analyst-1", began_at=at, ended_at=at, outcome="ok",
            status=200, mime="text/html", size=len(page), text_length=len(text), named=len(media),
            object_id=objects[0], media=media,
        )  # fmt: skip
        keep_captures(captures=[made], by=by)
    return id


def captured(id: UUID) -> tuple[Row, list[Row]]:
    """A capture and its media, as the program reads them."""
    with acting(system_actor("hotline", "reader")):
        found = capture(id=id)
        media = media_of(capture_ids=[id])[id]
    assert found is not None
    return found, media
