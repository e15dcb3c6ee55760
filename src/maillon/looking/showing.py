"""What a reveal shows: made in memory from what lies in the vault, never the original, for its person alone."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord

from maillon.decoding.limits import BODY_BYTES
from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Derivative, Kind, Step
from maillon.evidence.services import open_object
from maillon.evidence.vault import Vault
from maillon.kernel.errors import BadInput, NotFound
from maillon.looking.services import shown_reveal
from maillon.observation.fetching.refusals import Stop
from maillon.observation.fetching.unpacking import STEP, Unpacker
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row

MOST_TEXT = 200_000
"""Characters of a page's text that are shown."""


class NothingThere(BadInput):
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
    found = b""
    for record in ArchiveIterator(BytesIO(archive)):
        if record.rec_type == "response" and record.http_headers:
            found = _body(record)
    if not found:
        raise NothingThere("The vault holds no answer of this; fetch the item again.")
    return found


def _body(record: ArcWarcRecord) -> bytes:
    """What an answer held, its codings undone as they were when it was fetched, within the same bounds."""
    chunked = "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower()
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    pieces: list[bytes] = []
    try:
        unpacker = Unpacker(record.http_headers.get_header("Content-Encoding") or "", BODY_BYTES)
        while piece := stream.read(STEP):
            pieces.extend(unpacker.feed(piece))
    except Stop:
        return b""
    return b"".join(pieces)


def text(archive: bytes) -> str:
    """The visible text that a fetch wrote beside its page, as a `conversion` record. Raises NothingThere."""
    for record in ArchiveIterator(BytesIO(archive)):
        kind = record.rec_headers.get_header("Content-Type") or ""
        if record.rec_type == "conversion" and kind.startswith("text/plain"):
            return str(record.content_stream().read().decode("utf-8", "replace")[:MOST_TEXT])
    raise NothingThere("The vault holds no text of this page; fetch the item again.")
