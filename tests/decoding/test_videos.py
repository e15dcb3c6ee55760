"""A film gives a published hash for every second, and never a sound."""

import io
from itertools import islice

import av
import numpy as np
import pdqhash
import pytest

from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Kind, Reason, Undecodable
from maillon.decoding.videos import CODECS
from tests.decoding.pictures import film

MIMES = {"mp4": "video/mp4", "mov": "video/quicktime", "matroska": "video/x-matroska", "avi": "video/x-msvideo",
         "mpegts": "video/mp2t"}  # fmt: skip


def published(body: bytes, every: int) -> list[tuple[int, str]]:
    """The quality and hash of every so-manieth frame, in RGB as the published vPDQ turns it."""
    with av.open(io.BytesIO(body)) as container:
        found = []
        for frame in islice(container.decode(video=0), 0, None, every):
            bits, quality = pdqhash.compute(frame.to_ndarray(format="rgb24", interpolation="AREA"))
            found.append((quality, np.packbits(bits).tobytes().hex()))
    return found


@pytest.mark.parametrize("name", MIMES)
def test_every_second_has_the_published_hash_of_its_frame(decoders: Decoders, name: str) -> None:
    body = film(seconds=3, rate=25, name=name, size=96)
    found = decoders.read(body)
    assert (found.kind, found.mime, found.width, found.height) == (Kind.VIDEO, MIMES[name], 96, 96)
    assert (found.frames, found.codec, found.pdq, found.quality) == (75, "mpeg4", None, None)
    assert found.seconds == pytest.approx(3.0, abs=0.1)
    assert [second for second, _, _ in found.vpdq] == [0.0, 1.0, 2.0]
    assert [(quality, text) for _, quality, text in found.vpdq] == published(body, 25)
    assert len({text for _, _, text in found.vpdq}) == 3


@pytest.mark.parametrize(("codec", "name"), [("h264", "mp4"), ("vp9", "webm"), ("mpeg2video", "mpeg"), ("flv", "flv")])
def test_what_people_use_can_be_read(decoders: Decoders, codec: str, name: str) -> None:
    found = decoders.read(film(codec=codec, name=name, rate=25, size=64))
    assert len(found.vpdq) == 3


def test_each_codec_on_the_list_is_there_by_that_name() -> None:
    assert set(CODECS) <= av.codecs_available


def test_a_frame_rate_below_one_has_every_frame_hashed(decoders: Decoders) -> None:
    assert len(decoders.read(film(seconds=4, rate=1)).vpdq) == 4


def test_a_sound_alone_is_no_video(decoders: Decoders) -> None:
    assert refusal(decoders, sound()) is Reason.NOT_A_VIDEO


def test_a_codec_that_is_not_on_the_list_is_refused_by_name(decoders: Decoders) -> None:
    assert refusal(decoders, film(codec="ffv1", name="matroska")) is Reason.UNSUPPORTED


@pytest.mark.parametrize("name", ["mp4", "matroska", "mpegts"])
def test_a_film_that_ends_early_gives_what_there_is_or_says_so(decoders: Decoders, name: str) -> None:
    body = film(seconds=4, rate=25, name=name, size=96)
    found = outcome(decoders, body[: len(body) * 2 // 3])
    assert found is Reason.TRUNCATED if name == "mp4" else found in (2, 3)


def test_a_broken_film_gives_an_answer_or_a_reason(decoders: Decoders) -> None:
    before = decoders.pids()
    for broken in broken_films():
        assert outcome(decoders, broken) in (0, 1, 2, 3, *FAULTS)
    assert decoders.pids() == before


def test_threads_that_have_much_to_complain_of_never_wait_for_each_other(decoders: Decoders) -> None:
    """The thirteenth has sizes that no frame has: its decoders would log, one while the other is being ended."""
    broken = broken_films()[12]
    for _ in range(200):
        assert outcome(decoders, broken) in (0, 1, 2, 3, *FAULTS)


def test_a_film_that_names_others_opens_none(decoders: Decoders) -> None:
    """A list of films is text, and text is no film, whatever its lines name."""
    listed = b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nfile:///etc/hostname\n"
    assert refusal(decoders, listed) is Reason.NOT_A_VIDEO


FAULTS = (Reason.CORRUPT, Reason.TRUNCATED, Reason.TOO_LARGE, Reason.UNSUPPORTED, Reason.NOT_A_VIDEO)


def broken_films() -> list[bytes]:
    """Twenty, each with up to twenty bytes that are not as they were written."""
    body, noise = film(seconds=3, rate=10), np.random.default_rng(3)
    films = []
    for _ in range(20):
        broken = bytearray(body)
        for place in noise.integers(12, len(body), 20):
            broken[place] = noise.integers(0, 256)
        films.append(bytes(broken))
    return films


def refusal(decoders: Decoders, body: bytes) -> Reason:
    with pytest.raises(Undecodable) as refused:
        decoders.read(body, Kind.VIDEO)
    return refused.value.reason


def outcome(decoders: Decoders, body: bytes) -> int | Reason:
    try:
        return len(decoders.read(body).vpdq)
    except Undecodable as refused:
        return refused.reason


def sound() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        for _ in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.rate = 8000
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()
