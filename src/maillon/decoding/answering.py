"""A question to the decoding process and its answer, as frames. Imports every decoder: for that process alone."""

import time
from dataclasses import asdict

from maillon.decoding.derivatives import derive
from maillon.decoding.frames import Frame
from maillon.decoding.images import read_image
from maillon.decoding.shapes import Decoded, Kind, Reason, Step, Undecodable
from maillon.decoding.signatures import Form, ends_early, form
from maillon.decoding.videos import read_video

SHARE = 0.8  # of the time that it may take is spent on samples of a video; the rest is for what is around


def answer(asked: Frame) -> Frame:
    """What was asked of the one blob, or why not: header `refused`."""
    header, body = asked.header, asked.blobs[0]
    found = None
    try:
        found = form(body, Kind(header["kind"]) if header["kind"] else None)
        if header["do"] == "read":
            return Frame({"decoded": _plain(_read(body, found, header["seconds"]))})
        shown = derive(body, found, Step(header["step"]), header["index"])
    except Undecodable as refusal:
        short = refusal.reason is Reason.CORRUPT and found is not None and ends_early(body, found)
        return Frame({"refused": Reason.TRUNCATED if short else refusal.reason})
    except MemoryError:
        return Frame({"refused": Reason.TOO_LARGE})
    return Frame({"width": shown.width, "height": shown.height, "sheets": shown.sheets}, (shown.body,))


def _read(body: bytes, found: Form, seconds: float) -> Decoded:
    if found.kind is Kind.VIDEO:
        return read_video(body, found, time.monotonic() + seconds * SHARE)
    return read_image(body, found)


def _plain(found: Decoded) -> dict[str, object]:
    """As JSON takes it."""
    return {**asdict(found), "pdq": None if found.pdq is None else found.pdq.hex()}
