"""Every odd image gives the published hash of its pixels or a named refusal, by its bytes and nothing else."""

import io
import struct
import zlib

import numpy as np
import pdqhash
import pytest
from PIL import Image, ImageOps

from maillon.decoding.limits import BODY_BYTES, PIXELS
from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Kind, Reason, Undecodable
from tests.decoding.pictures import chunk, encoded, pattern, png, zeros

WHOLE = pattern(200, 150)
ALLOWED = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
}


def published(pixels: np.ndarray) -> tuple[bytes, int]:
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return int("".join(map(str, bits)), 2).to_bytes(32, "big"), quality


def refusal(decoders: Decoders, body: bytes, kind: Kind | None = None) -> Reason:
    with pytest.raises(Undecodable) as refused:
        decoders.read(body, kind)
    return refused.value.reason


@pytest.mark.parametrize("name", ALLOWED)
def test_each_format_on_the_list_gives_the_published_hash_of_its_pixels(decoders: Decoders, name: str) -> None:
    body = encoded(WHOLE, name)
    found = decoders.read(body)
    assert (found.kind, found.mime, found.width, found.height) == (Kind.IMAGE, ALLOWED[name], 200, 150)
    assert (found.pdq, found.quality) == published(np.asarray(Image.open(io.BytesIO(body)).convert("RGB")))
    assert (found.frames, found.seconds, found.vpdq) == (1, 0.0, ())


@pytest.mark.parametrize("name", ["ICO", "JPEG2000"])
def test_a_format_that_is_not_on_the_list_is_refused_by_name(decoders: Decoders, name: str) -> None:
    assert refusal(decoders, encoded(WHOLE, name)) is Reason.UNSUPPORTED


@pytest.mark.parametrize("head", [b"8BPS\0\1", b"\0\0\0\x18ftypheic", b"\xff\x0a\0", b"II+\0"])
def test_so_is_one_that_nothing_here_writes(decoders: Decoders, head: bytes) -> None:
    assert refusal(decoders, head + bytes(600)) is Reason.UNSUPPORTED


CMYK = encoded(WHOLE.convert("CMYK"), "JPEG")
TRANSFORM = CMYK.index(b"Adobe") + 11  # 0: four inks as they are; 2: three of them as luma and chroma (YCCK)
ODD = {
    "CMYK": CMYK,
    "YCCK": CMYK[:TRANSFORM] + b"\2" + CMYK[TRANSFORM + 1 :],
    "grey JPEG": encoded(WHOLE.convert("L"), "JPEG"),
    "JPEG in RGB": encoded(WHOLE, "JPEG", keep_rgb=True, subsampling="4:4:4"),
    "JPEG of two pictures": encoded(WHOLE, "MPO", save_all=True, append_images=[pattern(200, 150, seed=9)]),
    "grey": encoded(WHOLE.convert("L"), "PNG"),
    "palette": encoded(WHOLE.quantize(16), "PNG"),
    "palette with a colour that is none": encoded(WHOLE.quantize(16), "GIF", transparency=3),
    "one bit": encoded(WHOLE.convert("1"), "PNG"),
    "grey with alpha": encoded(WHOLE.convert("LA"), "PNG"),
    "alpha": encoded(Image.merge("RGBA", (*WHOLE.split(), WHOLE.convert("L"))), "PNG"),
    "progressive": encoded(WHOLE, "JPEG", progressive=True),
    "turned by its tag": encoded(
        WHOLE, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_the_hash_is_of_the_pixels_as_stored(decoders: Decoders, oddity: str) -> None:
    """Transparency is dropped and orientation not followed, as the published tools do."""
    found = decoders.read(ODD[oddity])
    assert (found.pdq, found.quality) == published(np.asarray(Image.open(io.BytesIO(ODD[oddity])).convert("RGB")))
    assert (found.width, found.height) == (200, 150)


def test_the_tag_of_that_image_would_have_turned_it() -> None:
    assert ImageOps.exif_transpose(Image.open(io.BytesIO(ODD["turned by its tag"]))).size == (150, 200)


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_of_16_bits_the_higher_8_count(decoders: Decoders, name: str) -> None:
    grey = np.asarray(WHOLE.convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) * 256 + 77)
    found = decoders.read(encoded(deep, name))
    assert (found.pdq, found.quality) == published(np.repeat(grey[:, :, np.newaxis], 3, axis=2))


def test_so_they_do_of_16_bits_in_each_of_three_colours(decoders: Decoders) -> None:
    pixels = np.asarray(WHOLE)
    rows = (pixels.astype(np.uint16) * 256 + 77).astype(">u2").tobytes()
    width = len(rows) // 150
    lines = b"".join(b"\0" + rows[start : start + width] for start in range(0, len(rows), width))
    header = chunk(b"IHDR", struct.pack("!IIBBBBB", 200, 150, 16, 2, 0, 0, 0))
    body = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    found = decoders.read(body)
    assert (found.pdq, found.quality) == published(pixels)


def test_32_bits_a_sample_are_refused_by_name(decoders: Decoders) -> None:
    deep = Image.fromarray(np.asarray(WHOLE.convert("L")).astype(np.float32))
    assert refusal(decoders, encoded(deep, "TIFF")) is Reason.UNSUPPORTED


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animated_image_the_first_frame_counts(decoders: Decoders, name: str) -> None:
    others = [pattern(200, 150, seed=seed) for seed in (2, 3)]
    body = encoded(WHOLE, name, save_all=True, append_images=others)
    found = decoders.read(body)
    assert found.frames == 3
    assert (found.pdq, found.quality) == published(np.asarray(Image.open(io.BytesIO(body)).convert("RGB")))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (4, 400), (400, 4)])
def test_what_is_too_tiny_for_a_hash_has_none(decoders: Decoders, width: int, height: int) -> None:
    found = decoders.read(encoded(pattern(width, height), "PNG"))
    assert (found.pdq, found.quality, found.width, found.height) == (None, 0, width, height)


@pytest.mark.parametrize(("width", "height"), [(5, 5), (63, 65), (1000, 5), (5, 9000), (1001, 703)])
def test_from_five_pixels_on_it_has(decoders: Decoders, width: int, height: int) -> None:
    image = pattern(width, height)
    found = decoders.read(encoded(image, "PNG"))
    assert (found.pdq, found.quality) == published(np.asarray(image))


def test_an_image_of_one_colour_has_a_hash_of_no_quality(decoders: Decoders) -> None:
    assert decoders.read(encoded(Image.new("RGB", (100, 100), "teal"), "PNG")).quality == 0


@pytest.mark.parametrize(
    "body",
    [
        png(60_000, 60_000, chunk(b"IDAT", zeros(1))),
        png(PIXELS + 1, 1, chunk(b"IDAT", zeros(1))),
        png(9, 9, chunk(b"zTXt", b"a\0\0" + zeros(100)), chunk(b"IDAT", zeros(1))),
        b"GIF89a" + b"\xff\xff" * 2 + encoded(WHOLE, "GIF")[10:],
    ],
    ids=["sides", "one row", "text", "screen"],
)
def test_a_bomb_is_refused_as_too_large(decoders: Decoders, body: bytes) -> None:
    before = decoders.pids()
    assert refusal(decoders, body) is Reason.TOO_LARGE
    assert decoders.pids() == before


def test_pixels_that_never_end_are_not_unpacked(decoders: Decoders) -> None:
    """100 MiB of them where a hundred would do: what is too much is left."""
    assert decoders.read(png(10, 10, chunk(b"IDAT", zeros(100)))).width == 10


def test_a_body_beyond_every_limit_is_not_even_handed_over(decoders: Decoders) -> None:
    assert refusal(decoders, bytes(BODY_BYTES + 1)) is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ALLOWED)
def test_what_ends_too_early_is_named_so(decoders: Decoders, name: str) -> None:
    body = encoded(WHOLE, name)
    assert refusal(decoders, body[: len(body) * 2 // 3]) is Reason.TRUNCATED


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_broken_inside_gives_an_answer_or_a_reason(decoders: Decoders, name: str) -> None:
    body, noise = bytearray(encoded(WHOLE, name)), np.random.default_rng(5)
    before = decoders.pids()
    for _ in range(20):
        broken = bytearray(body)
        for place in noise.integers(12, len(body), 12):
            broken[place] = noise.integers(0, 256)
        assert outcome(decoders, bytes(broken)) in (ALLOWED[name], *FAULTS)
    assert decoders.pids() == before


FAULTS = (Reason.CORRUPT, Reason.TRUNCATED, Reason.TOO_LARGE, Reason.UNSUPPORTED)


def outcome(decoders: Decoders, body: bytes) -> str:
    try:
        return decoders.read(body).mime
    except Undecodable as refused:
        return refused.reason


@pytest.mark.parametrize(
    "body", [b"", b"x", b"<!doctype html><title>image/png</title>", b"<svg/>", bytes(1000), b"%PDF-1.7"]
)
def test_what_is_no_image_is_named_so_whatever_it_was_called(decoders: Decoders, body: bytes) -> None:
    assert refusal(decoders, body, Kind.IMAGE) is Reason.NOT_AN_IMAGE
    assert refusal(decoders, body, Kind.VIDEO) is Reason.NOT_A_VIDEO


def test_the_kind_is_in_the_bytes(decoders: Decoders) -> None:
    assert decoders.read(encoded(WHOLE, "PNG"), Kind.VIDEO).kind is Kind.IMAGE


def test_what_a_header_promises_and_the_rest_does_not_hold_is_corrupt(decoders: Decoders) -> None:
    lying = png(100, 100, chunk(b"IDAT", b"no zlib at all"))
    assert refusal(decoders, lying) in (Reason.CORRUPT, Reason.TRUNCATED)
    assert refusal(decoders, png(100, 100, chunk(b"IDAT", zlib.compress(b"few")))) is Reason.TRUNCATED
