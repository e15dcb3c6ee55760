"""Videos: what they are, a PDQ for every second (vPDQ), and frames for showing. Runs in the decoding process alone.

Sound is never decoded. Frames are sampled as the published vPDQ does with one hash a second: every n-th frame, n the
average frame rate rounded down, in RGB at the video's own size, by the same conversion; a feature's second is its
frame's number by that rate. Source: facebook/ThreatExchange, vpdq/cpp/vpdq/cpp/hashing.
"""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from maillon.decoding.hashing import pdq
from maillon.decoding.limits import FRAME_PIXELS, SAMPLES, VIDEO_THREADS
from maillon.decoding.shapes import Decoded, Kind, Reason, Undecodable
from maillon.decoding.signatures import Form

CODECS = (  # as the decoders are called
    *("av1", "libdav1d", "vp6", "vp6f", "vp8", "libvpx", "vp9", "libvpx-vp9", "h261", "h263", "h264", "hevc", "flv"),
    *("mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1"),
    *("mjpeg", "prores", "theora"),
)
# No decoder of sound is ever opened, not even to find out what a stream is.
OPTIONS = {"codec_whitelist": ",".join(CODECS), "max_pixels": str(FRAME_PIXELS)}


@dataclass(frozen=True, slots=True)
class Opened:
    container: InputContainer
    stream: VideoStream
    rate: float  # frames a second on average
    seconds: float  # 0.0 where it is not said


def read_video(body: bytes, form: Form, until: float, *, apart: float = 1.0) -> Decoded:
    """What it is and its vPDQ, up to SAMPLES hashes or the moment `until` of time.monotonic().

    `apart`: seconds from one hash to the next; 0.0 hashes every frame. Broken parts are passed over; `frames` counts
    those decoded, where sampling ended early those that it says it has. Raises Undecodable.
    """
    with opened(body, form, threads=VIDEO_THREADS) as video:
        every = max(int(video.rate * apart), 1)
        found, number, whole = [], 0, True
        for number, frame in enumerate(frames_of(video), start=1):
            if (number - 1) % every == 0:
                check_size(frame)
                hashed, quality = pdq(_rgb(frame))
                if hashed is not None:
                    found.append((round((number - 1) / video.rate, 3), quality, hashed.hex()))
                if len(found) >= SAMPLES or time.monotonic() >= until:
                    whole = False
                    break
        if not number:
            raise Undecodable(Reason.TRUNCATED)
        context = video.stream.codec_context
        return Decoded(
            kind=Kind.VIDEO, mime=form.mime, width=context.width, height=context.height,
            frames=number if whole else max(video.stream.frames, number),
            seconds=round(video.seconds or number / video.rate, 3), codec=context.name,
            pdq=None, quality=None, vpdq=tuple(found),
        )  # fmt: skip


@contextmanager
def opened(body: bytes, form: Form, *, threads: int = 1) -> Iterator[Opened]:
    """The video stream, which is of a codec on the list; whatever goes wrong in the block becomes its reason.

    With more `threads` than one, that many frames are decoded at once, ahead of those that are asked for.
    """
    try:
        with av.open(io.BytesIO(body), "r", format=form.opener, options=OPTIONS) as container:
            stream = _stream(container)
            context = stream.codec_context
            if context.name not in CODECS:
                raise Undecodable(Reason.UNSUPPORTED)
            if context.width * context.height > FRAME_PIXELS:
                raise Undecodable(Reason.TOO_LARGE)
            context.thread_count, context.thread_type = threads, "FRAME"
            rate = float(stream.average_rate or stream.base_rate or 25)
            yield Opened(container, stream, rate, _seconds(container, stream))
    except Undecodable:
        raise
    except MemoryError:
        raise Undecodable(Reason.TOO_LARGE) from None
    except av.error.EOFError:
        raise Undecodable(Reason.TRUNCATED) from None
    except Exception:
        raise Undecodable(Reason.CORRUPT) from None


def _stream(container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise Undecodable(Reason.NOT_A_VIDEO)


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0


def frames_of(video: Opened) -> Iterator[VideoFrame]:
    """Every frame that can be decoded, in the order of showing."""
    for packet in video.container.demux(video.stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def check_size(frame: VideoFrame) -> None:
    if frame.width * frame.height > FRAME_PIXELS:  # a stream may change its size on the way
        raise Undecodable(Reason.TOO_LARGE)


def _rgb(frame: VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="rgb24", interpolation=Interpolation.AREA, threads=1)
