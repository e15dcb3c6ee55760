"""What is shown is a picture of our own, and at the first step nothing in it can be told apart."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from maillon.decoding.limits import LARGE, SMALL
from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Derivative, Reason, Step, Undecodable
from tests.decoding.pictures import encoded, film, pattern, stripes

SECRET = b"37.4219983 -122.084"
WHOLE = pattern(1600, 1200)
BODIES = {name: encoded(WHOLE, name) for name in ("JPEG", "BMP", "WEBP")}


def opened(shown: Derivative) -> Image.Image:
    image = Image.open(io.BytesIO(shown.body))
    assert (shown.mime, image.format, image.size) == ("image/jpeg", "JPEG", (shown.width, shown.height))
    return image


@pytest.mark.parametrize(
    ("step", "side", "mode"), [(0, SMALL, "L"), (1, SMALL, "L"), (2, LARGE, "L"), (3, LARGE, "RGB")]
)
@pytest.mark.parametrize("name", BODIES)
def test_each_step_has_its_size_and_colour(decoders: Decoders, step: int, side: int, mode: str, name: str) -> None:
    shown = decoders.derive(BODIES[name], None, Step(step))
    assert opened(shown).mode == mode
    assert (max(shown.width, shown.height), shown.sheets) == (side, 1)


@pytest.mark.parametrize("step", Step)
def test_nothing_is_made_larger_than_it_is(decoders: Decoders, step: Step) -> None:
    assert opened(decoders.derive(encoded(pattern(90, 60), "PNG"), None, step)).size == (90, 60)


@pytest.mark.parametrize("period", [4, 10, 24, 60, 100])
def test_the_first_step_leaves_nothing_of_what_is_finer_than_a_tenth_of_the_picture(
    decoders: Decoders, period: int
) -> None:
    """Two patterns that could not be less alike are the same but for what JPEG rounds, away from the borders."""
    upright, lying = (
        np.asarray(
            opened(decoders.derive(encoded(stripes(1200, 1200, period=period, upright=up), "PNG"), None, Step.BLURRED)),
            dtype=int,
        )[40:-40, 40:-40]
        for up in (True, False)
    )
    assert np.abs(upright - lying).max() <= 8
    assert upright.std() <= 2


def test_the_second_step_shows_what_the_first_hides(decoders: Decoders) -> None:
    body = encoded(stripes(1200, 1200, period=60, upright=True), "PNG")
    assert np.asarray(opened(decoders.derive(body, None, Step.SMALL))).std() > 100


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "TIFF", "WEBP"])
def test_no_metadata_and_no_byte_of_the_original_comes_along(decoders: Decoders, step: Step, name: str) -> None:
    body = telling(name)
    assert SECRET in body
    shown = decoders.derive(body, None, step)
    assert SECRET not in shown.body
    image = opened(shown)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def telling(name: str) -> bytes:
    """An image small enough to be shown at its own size, which says in every way it can where it was made."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    image = pattern(200, 100)
    if name == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET.decode())
        return encoded(image, name, exif=exif, icc_profile=SECRET, pnginfo=info)
    if name == "GIF":
        return encoded(image, name, comment=SECRET)
    if name == "TIFF":
        return encoded(image, name, icc_profile=SECRET, description=SECRET.decode())
    return encoded(image, name, exif=exif, icc_profile=SECRET, **({"comment": SECRET} if name == "JPEG" else {}))


@pytest.mark.parametrize(("tag", "size"), [(1, (240, 120)), (3, (240, 120)), (6, (120, 240)), (8, (120, 240))])
def test_it_is_shown_upright(decoders: Decoders, tag: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = tag
    shown = decoders.derive(encoded(pattern(1000, 500), "JPEG", exif=exif), None, Step.SMALL)
    assert opened(shown).size == size


def test_a_broken_orientation_turns_nothing_and_hides_nothing(decoders: Decoders) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    assert opened(decoders.derive(encoded(WHOLE, "JPEG", exif=exif), None, Step.SMALL)).size == (240, 180)


def test_what_is_transparent_is_shown_on_white(decoders: Decoders) -> None:
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert np.asarray(opened(decoders.derive(encoded(clear, "PNG"), None, Step.COLOUR))).min() >= 250


@pytest.mark.parametrize("odd", ["I;16", "CMYK", "P", "1", "LA"])
def test_odd_pixels_are_shown_too(decoders: Decoders, odd: str) -> None:
    grey = pattern(100, 100).convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    image = deep if odd == "I;16" else grey.quantize(256) if odd == "P" else grey.convert("RGB").convert(odd)
    shown = opened(decoders.derive(encoded(image, "TIFF" if odd == "CMYK" else "PNG"), None, Step.LARGE))
    if odd not in ("1", "CMYK"):
        assert np.abs(np.asarray(shown, dtype=int) - np.asarray(grey, dtype=int)).mean() < 4


def test_an_animated_image_is_a_sheet_of_its_frames(decoders: Decoders) -> None:
    frames = [Image.new("L", (100, 80), shade) for shade in range(0, 240, 20)]
    body = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    sheet = np.asarray(opened(decoders.derive(body, None, Step.LARGE)), dtype=int)
    assert sheet.shape == (3 * 80 + 4, 3 * 100 + 4)
    shades = [sheet[40 + row * 82, 50 + column * 102] for row in range(3) for column in range(3)]
    assert np.abs(np.array(shades) - [20 * (number * 12 // 9) for number in range(9)]).max() <= 4


def test_a_film_is_sheets_of_its_frames_over_its_length_and_second_by_second(decoders: Decoders) -> None:
    body = film(seconds=20, rate=2)
    overview = decoders.derive(body, None, Step.LARGE)
    assert overview.sheets == 4
    assert opened(overview).size == (3 * 64 + 4, 3 * 64 + 4)
    assert_frames(decoders.derive(body, None, Step.LARGE, 2), seeds=range(9, 18))
    assert_frames(decoders.derive(body, None, Step.LARGE, 3), seeds=range(18, 20))
    with pytest.raises(Undecodable, match=Reason.NO_SUCH_SHEET):
        decoders.derive(body, None, Step.LARGE, 4)


def assert_frames(shown: Derivative, seeds: range) -> None:
    """In order from left to right and top to bottom, the patterns with these seeds."""
    sheet = np.asarray(opened(shown), dtype=int)
    for place, seed in enumerate(seeds):
        top, left = (each * 66 for each in divmod(place, 3))
        expected = np.asarray(pattern(64, 64, seed=seed).convert("L"), dtype=int)
        assert np.abs(sheet[top : top + 64, left : left + 64] - expected).mean() < 15


@pytest.mark.parametrize("step", [Step.BLURRED, Step.SMALL])
def test_a_film_goes_through_the_same_steps(decoders: Decoders, step: Step) -> None:
    image = opened(decoders.derive(film(size=640, seconds=2, rate=8), None, step))
    assert (image.mode, image.size) == ("L", (3 * 160 + 4, 3 * 160 + 4))
    detail = np.abs(np.diff(np.asarray(image, dtype=int)[:160, :160], axis=1)).max()
    assert detail < 12 if step is Step.BLURRED else detail > 12


def test_an_image_has_one_sheet(decoders: Decoders) -> None:
    with pytest.raises(Undecodable, match=Reason.NO_SUCH_SHEET):
        decoders.derive(BODIES["JPEG"], None, Step.SMALL, 1)


def test_what_cannot_be_decoded_cannot_be_shown(decoders: Decoders) -> None:
    with pytest.raises(Undecodable, match=Reason.NOT_AN_IMAGE):
        decoders.derive(b"<!doctype html>", None, Step.SMALL)
