"""Frames of a video for showing: sheet 0 over its whole length, each further one a second after second of a stretch."""

import math

from av.video.frame import VideoFrame
from PIL import Image

from maillon.decoding.limits import SHEET_SIDE
from maillon.decoding.shapes import Reason, Undecodable
from maillon.decoding.signatures import Form
from maillon.decoding.videos import Opened, check_size, frames_of, opened

MANY = SHEET_SIDE**2
FEW_KEYS = 5  # fewer pictures than that from key frames alone, and what lies between them is decoded too
DECODED_WHOLE = 60.0  # seconds of a video that are decoded for an overview at most


def count_sheets(seconds: float) -> int:
    """How many sheets show it, the overview included."""
    return 1 + (math.ceil(seconds / MANY) if seconds > MANY else 0)


def sheet_frames(body: bytes, form: Form, index: int, side: int) -> tuple[list[Image.Image], int]:
    """The frames of sheet `index`, in order, none longer than `side` pixels; and how many sheets there are.

    Raises Undecodable.
    """
    with opened(body, form) as video:
        sheets = count_sheets(video.seconds)
        if not 0 <= index < sheets:
            raise Undecodable(Reason.NO_SUCH_SHEET)
        found = [_picture(frame, side) for frame in (_overview(video) if index == 0 else _stretch(video, index - 1))]
    if not found:
        raise Undecodable(Reason.TRUNCATED)
    return found, sheets


def _overview(video: Opened) -> list[VideoFrame]:
    """Key frames spread over its length, quick to find; where there are few of them, frames just as far apart."""
    if not video.seconds:
        return _at(video, [float(number) for number in range(MANY)])
    moments = [video.seconds * (number + 0.5) / MANY for number in range(MANY)]
    keys: dict[float, VideoFrame] = {}
    for moment in moments:
        _seek(video, moment)
        for frame in frames_of(video):
            keys.setdefault(_moment(video, frame), frame)
            break
    if len(keys) >= FEW_KEYS or video.seconds > DECODED_WHOLE:
        return [keys[moment] for moment in sorted(keys)]
    _seek(video, 0.0)
    return _at(video, moments)


def _stretch(video: Opened, number: int) -> list[VideoFrame]:
    _seek(video, float(number * MANY))
    return _at(video, [float(number * MANY + second) for second in range(MANY)])


def _at(video: Opened, moments: list[float]) -> list[VideoFrame]:
    """From where the video stands, the first frame at or after each moment, none twice; the last may be missing."""
    found = []
    for frame in frames_of(video):
        at = _moment(video, frame)
        if at < moments[0]:
            continue
        found.append(frame)
        moments = [moment for moment in moments if moment > at]
        if not moments:
            break
    return found


def _moment(video: Opened, frame: VideoFrame) -> float:
    """Seconds from the video's beginning."""
    base = video.stream.time_base
    return float((frame.pts - (video.stream.start_time or 0)) * base) if frame.pts is not None and base else 0.0


def _seek(video: Opened, moment: float) -> None:
    """To the last key frame before it."""
    start, base = video.stream.start_time or 0, video.stream.time_base
    video.container.seek(start + int(moment / base) if base else start, stream=video.stream)


def _picture(frame: VideoFrame, side: int) -> Image.Image:
    check_size(frame)
    scale = min(side / max(frame.width, frame.height), 1.0)
    width, height = (max(int(each * scale), 1) for each in (frame.width, frame.height))
    return Image.fromarray(frame.to_ndarray(format="rgb24", width=width, height=height, threads=1))
