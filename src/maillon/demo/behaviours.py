"""What each host of the synthetic internet answers. A host that is not in the table shows a gallery of its own."""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import repeat

from maillon.demo import pages, pictures
from maillon.demo.replies import Reply, Request, odd, whole

MIB = 1024 * 1024
BENCH = re.compile(r"n\d+\.bench\.test")
PAGE_BYTES = 20_000
HUGE = 64 * MIB
FOLDED = 32  # MiB of zeros, where the path says nothing else
DRIP = 0.5  # seconds between two bytes
_PICTURE = re.compile(r"/(img|shared)/([\w-]+)\.(jpg|png|gif|webp)")
_CLIP = re.compile(r"/clip/([\w-]+)\.mp4")
_FOLDED = re.compile(r"/folded/(\d+)")

Behaviour = Callable[[Request], Reply]


def answer(request: Request) -> Reply:
    """What the host says to this question."""
    if request.method not in ("GET", "HEAD"):
        return whole(b"", "text/plain", status=405)
    special = BEHAVIOURS.get(request.host)
    return (special(request) if special else None) or _ordinary(request)


def _ordinary(request: Request) -> Reply:
    """A picture or a clip where the path names one, else a page that names two to four pictures."""
    return _medium(request) or whole(_page(request.host, request.path))


def _medium(request: Request) -> Reply | None:
    if found := _PICTURE.fullmatch(request.path):
        where, name, ending = found.groups()
        seed = name if where == "shared" else f"{request.host}/{name}"
        return whole(pictures.image(seed, ending), pictures.FORMATS[ending][1])
    if found := _CLIP.fullmatch(request.path):
        return whole(pictures.clip(f"{request.host}/{found[1]}"), "video/mp4")
    return None


@lru_cache(maxsize=1024)
def _page(host: str, path: str) -> bytes:
    seed = f"{host}{path}"
    if BENCH.fullmatch(host):
        return pages.padded(seed, ["/img/0.jpg"], PAGE_BYTES)
    endings = ("jpg", "png", "webp", "gif")[: 2 + zlib.crc32(seed.encode()) % 3]
    return pages.gallery(seed, [f"/img/{zlib.crc32(f'{seed}{n}'.encode())}.{each}" for n, each in enumerate(endings)])


def _page_or_medium(page: Callable[[str], bytes]) -> Behaviour:
    """The same page under every path, its pictures and clips beside it."""
    return lambda request: _medium(request) or whole(page(request.host))


def _leads_to(target: str, status: int = 302) -> Behaviour:
    """Away to `target`, where `{path}` is the path asked for."""
    return lambda request: whole(b"", status=status, Location=target.format(path=request.path))


def _only_with_referrer(request: Request) -> Reply:
    """Pictures for who comes from the forum or from the page itself, a timetable for everybody else."""
    if any(f"//{host}/" in request.referrer for host in ("open-forum.test", request.host)):
        return _ordinary(request)
    return whole(pages.page("Timetable", pages.text("timetable")))


def _front(origin: str) -> Behaviour:
    """A delivery network's front: what the origin says, with a mark of the way it came."""

    def behaviour(request: Request) -> Reply:
        said = _ordinary(Request(method=request.method, host=origin, path=request.path, referrer=request.referrer))
        return Reply(headers=(*said.headers, ("Via", "1.1 drift-delivery.test")), pieces=said.pieces)

    return behaviour


def _turns(request: Request) -> Reply:
    return whole(b"", status=302, Location="/left" if request.path.endswith("right") else "/right")


def _drips(request: Request) -> Reply:
    page = pages.gallery(request.host, ())
    length = (("Content-Type", "text/html"), ("Content-Length", str(len(page))))
    return Reply(headers=length, pieces=(bytes([byte]) for byte in page), pause=DRIP)


def _says_nothing(request: Request) -> Reply:
    return Reply(headers=(("Content-Length", "1"),), pieces=(b"x",), pause=3600)


def _huge(request: Request) -> Reply:
    block = b"<!-- " + b"." * 65_526 + b"-->\n"
    return odd(*repeat(block, HUGE // len(block)), Content_Length=str(HUGE // len(block) * len(block)))


def _endless(request: Request) -> Reply:
    def chunks() -> Iterator[bytes]:
        block = b"<p>" + b"." * 65_536
        yield from repeat(b"%x\r\n%b\r\n" % (len(block), block))

    return Reply(
        headers=(("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")), pieces=chunks(), closes=True
    )


def _folds(request: Request) -> Reply:
    """Zeros in gzip: as many MiB as the path says."""
    found = _FOLDED.fullmatch(request.path)
    return Reply(
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
        pieces=folded(int(found[1]) if found else FOLDED),
        closes=True,
    )


def folded(size: int) -> Iterator[bytes]:
    """`size` MiB of zeros in gzip, a thousandth of that on the wire, without ever being held anywhere.

    The sum at its end is wrong: whoever checks it has unpacked all.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    yield from repeat(again, size - 1)
    yield packer.flush()


def _mislabelled(request: Request) -> Reply:
    """A picture that is called a page, under a path of pictures a page that is called one."""
    if _PICTURE.fullmatch(request.path):
        return whole(pages.gallery(request.host, ()), "image/png")
    if request.path.startswith("/unlabelled"):
        return whole(pictures.image(request.host, "png"))
    return whole(pages.gallery(request.host, ["/img/1.png", "/img/2.jpg"]), "text/html")


def _short(request: Request) -> Reply:
    page = pages.gallery(request.host, ())
    return odd(page, Content_Length=str(len(page) * 3))


def _torn(request: Request) -> Reply:
    """A page that is whole, whose pictures end in the middle."""
    if medium := _medium(request):
        (body,) = medium.pieces
        return odd(body[: len(body) // 2], mime="image/jpeg", Content_Length=str(len(body)))
    return whole(pages.gallery(request.host, ["/img/1.jpg"]))


def _loose(request: Request) -> Reply:
    return odd(b"5\r\n<html\r\n", b"zz\r\n>oops\r\n", Transfer_Encoding="chunked")


def _babbles(request: Request) -> Reply:
    return Reply(headers=tuple((f"X-Word-{n}", "word " * 200) for n in range(600)), closes=True)


BEHAVIOURS: Mapping[str, Behaviour] = {
    "moved-house.test": _leads_to("http://crossroads.test{path}", 301),
    "crossroads.test": _leads_to("https://far-gate.test{path}"),
    "far-gate.test": _leads_to("http://image-shelf.test{path}", 307),
    "side-door.test": _only_with_referrer,
    "round-about.test": _turns,
    "inward-lane.test": _leads_to("http://127.0.0.1{path}"),
    "fast-mirror.test": _front("origin.fast-mirror.test"),
    "paper-boat.test": _page_or_medium(
        lambda host: pages.gallery(host, ["http://image-shelf.test/shared/squares.jpg"])
    ),
    "copper-lamp.test": _page_or_medium(
        lambda host: pages.gallery(host, ["/img/1.jpg", "http://image-shelf.test/shared/squares.jpg"])
    ),
    "winter-album.test": _page_or_medium(lambda host: pages.screening(host, ["/clip/1.mp4"])),
    "cedar-board.test": _page_or_medium(pages.scripted),
    "blank-canvas.test": _page_or_medium(pages.scripted),
    "slow-drip.test": _drips,
    "silent-hall.test": _says_nothing,
    "long-scroll.test": _huge,
    "endless-road.test": _endless,
    "folded-paper.test": _folds,
    "odd-label.test": _mislabelled,
    "short-measure.test": _short,
    "torn-page.test": _torn,
    "loose-chunks.test": _loose,
    "babble.test": _babbles,
}
