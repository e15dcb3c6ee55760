"""What a reveal shows: made in memory from what lies in the vault, never the original, for its person alone."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from warcio.archiveiterator import ArchiveIterator

from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Derivative, Kind, Step
from maillon.evidence.services import open_object
from maillon.evidence.vault import Vault
from maillon.kernel.errors import MaillonError, NotFound
from maillon.looking.services import shown_reveal
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row

MOST_TEXT = 200_000
"""Characters of a page's text that are shown."""


class NothingThere(MaillonError):
    """What the vault holds of this has no content to show; fetch the item again."""


def show(*, reveal_id: UUID, index: int, vault: Vault, decoders: Decoders, by: Actor, at: datetime) -> Derivative:
    """The derivative of a reveal's medium; sheet `index` of a video.

    The transaction ends before anything is decoded. Raises NotAllowed, NotFound, NotYours, Gone, Undecodable.
    """
    found, archive = _opened(reveal_id, vault, by, at)
    if found["kind"] == "text":
        raise NotFound("This reveal shows a text, and no picture.")
    return decoders.derive(payload(archive), Kind(found["kind"]), Step(found["step"]), index)


def show_text(*, reveal_id: UUID, vault: Vault, by: Actor, at: datetime) -> tuple[Row, str]:
    """The reveal (kind, step, item_id, ends_at) and its page's text. Raises NotAllowed, NotFound, NotYours, Gone."""
    found, archive = _opened(reveal_id, vault, by, at)
    if found["kind"] != "text":
        raise NotFound("This reveal shows a picture, and no text.")
    return found, text(archive)


def _opened(reveal_id: UUID, vault: Vault, by: Actor, at: datetime) -> tuple[Row, bytes]:
    with acting(by):
        found = shown_reveal(reveal_id=reveal_id, by=by, at=at)
        return found, open_object(object_id=found["object_id"], vault=vault, by=by, at=at)


def payload(archive: bytes) -> bytes:
    """The body of the last answer in a WARC 1.1 file, unpacked. Raises NothingThere."""
    found = None
    for record in ArchiveIterator(BytesIO(archive)):
        if record.rec_type == "response":
            found = record.content_stream().read()
    if not found:
        raise NothingThere("The vault holds no answer of this; fetch the item again.")
    return bytes(found)


def text(archive: bytes) -> str:
    """The visible text that a fetch wrote beside its page, as a `conversion` record. Raises NothingThere."""
    for record in ArchiveIterator(BytesIO(archive)):
        kind = record.rec_headers.get_header("Content-Type") or ""
        if record.rec_type == "conversion" and kind.startswith("text/plain"):
            return str(record.content_stream().read().decode("utf-8", "replace")[:MOST_TEXT])
    raise NothingThere("The vault holds no text of this page; fetch the item again.")
