"""What an analyst is shown instead of the original, step by step. Runs in the decoding process alone.

Every step is a new JPEG of scaled pixels: no metadata, no colour profile, no byte of the original, no sound. A video,
and an animated image, is a sheet of its frames at the same steps.
"""

import io

from PIL import Image, ImageFilter

from maillon.decoding.images import shown_frames
from maillon.decoding.limits import LARGE, SHEET_SIDE, SMALL
from maillon.decoding.shapes import Derivative, Kind, Reason, Step, Undecodable
from maillon.decoding.sheets import sheet_frames
from maillon.decoding.signatures import Form

# Of the blur, as a part of the picture's longer side. What repeats ten times across the picture is left with less than
# 1 % of its contrast, what repeats five times with 29 %: shapes and nothing in them.
BLUR = 1 / 20
QUALITY = 82  # of JPEG: below what shows its blocks
GAP = 2  # pixels between the frames of a sheet


def derive(body: bytes, form: Form, step: Step, index: int) -> Derivative:
    """Sheet `index` at `step`. Raises Undecodable."""
    grey = step < Step.COLOUR
    side = SMALL if step < Step.LARGE else LARGE
    if form.kind is Kind.VIDEO:
        frames, sheets = sheet_frames(body, form, index, _cell(side))
    else:
        frames, sheets = shown_frames(body, form, side=side, cell=_cell(side), grey=grey), 1
        if index:
            raise Undecodable(Reason.NO_SUCH_SHEET)
    plain = [frame.convert("L" if grey else "RGB") for frame in frames]
    if step is Step.BLURRED:
        plain = [frame.filter(ImageFilter.GaussianBlur(max(frame.size) * BLUR)) for frame in plain]
    return _encoded(plain[0] if len(plain) == 1 else _sheet(plain), sheets)


def _cell(side: int) -> int:
    """The longer side of a frame on a sheet. A small sheet is twice a small image, or its frames would say nothing."""
    return (side * 2 if side == SMALL else side) // SHEET_SIDE


def _sheet(frames: list[Image.Image]) -> Image.Image:
    width, height = (max(sizes) + GAP for sizes in zip(*(frame.size for frame in frames), strict=True))
    columns = min(len(frames), SHEET_SIDE)
    rows = -(-len(frames) // columns)
    sheet = Image.new(frames[0].mode, (columns * width - GAP, rows * height - GAP), "white")
    for number, frame in enumerate(frames):
        sheet.paste(frame, (number % columns * width, number // columns * height))
    return sheet


def _encoded(picture: Image.Image, sheets: int) -> Derivative:
    picture.info = {}  # where Pillow keeps comments and profiles, some of which it would write again
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return Derivative(out.getvalue(), "image/jpeg", picture.width, picture.height, sheets)
