"""`python -m bench.search.crops COUNT FILE [FOLDER]`: what PDQ computes of crops and edits of benign pictures.

The pictures are those that scikit-image brings, where FOLDER has them, and drawn ones. Kept are the 256 numbers that
PDQ compares with their median (pdqhash), float32 (count, 256). Runs where pdqhash and Pillow are.
"""

import sys
from pathlib import Path
from random import Random

import numpy as np
import pdqhash
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

SIDE = 96
DRAWN = 24
LARGEST = 1024
NOT_PICTURES = ("chessboard", "logo", "multipage", "no_time")
SEED = "maillon crops"


def main() -> None:
    count, path = int(sys.argv[1]), Path(sys.argv[2])
    rng = Random(SEED)
    sources = [*(load(p) for p in samples(sys.argv[3:])), *(draw(rng) for _ in range(DRAWN))]
    found = [pdqhash.compute_float(np.asarray(edited(rng, rng.choice(sources))))[0] for _ in range(count)]
    np.save(path, np.array(found, np.float32))


def samples(folders: list[str]) -> list[Path]:
    """Photographs and textures, not what is drawn or animated."""
    found = sorted(path for folder in folders for path in Path(folder).iterdir() if path.suffix in (".png", ".jpg"))
    return [path for path in found if not path.name.startswith(NOT_PICTURES)]


def load(path: Path) -> Image.Image:
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((LARGEST, LARGEST))
    return picture


def draw(rng: Random) -> Image.Image:
    """Shapes on a ground, or noise at some scale."""
    colour = [tuple(rng.randrange(256) for _ in range(3)) for _ in range(16)]
    if rng.random() < 0.5:
        cells = rng.choice((8, 24, 64))
        noise = np.random.default_rng(rng.randrange(1 << 32)).integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        return Image.fromarray(noise).resize((512, 512), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", (512, 512), colour[0])
    pen = ImageDraw.Draw(picture)
    for fill in colour[1:]:
        x, y, reach = rng.randrange(512), rng.randrange(512), rng.randint(16, 160)
        shape = rng.choice((pen.ellipse, pen.rectangle))
        shape((x - reach, y - reach, x + reach, y + reach), fill=fill)
    return picture


def edited(rng: Random, picture: Image.Image) -> Image.Image:
    """A crop of at least a quarter of each side, turned, mirrored, lighter, blurred or noisy."""
    width, height = (int(side * rng.uniform(0.25, 1)) for side in picture.size)
    x, y = rng.randint(0, picture.width - width), rng.randint(0, picture.height - height)
    crop = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=(x, y, x + width, y + height))
    edit = rng.randrange(6)
    if edit == 1:
        return ImageOps.mirror(crop)
    if edit == 2:
        return crop.rotate(rng.uniform(-10, 10))
    if edit == 3:
        return ImageEnhance.Brightness(crop).enhance(rng.uniform(0.5, 1.6))
    if edit == 4:
        return crop.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2)))
    if edit == 5:
        return Image.blend(crop, Image.effect_noise((SIDE, SIDE), 60).convert("RGB"), 0.2)
    return crop


if __name__ == "__main__":
    main()
