"""What bytes are, by their own first ones; what a name, an address or a server says does not count."""

from collections.abc import Callable
from dataclasses import dataclass

from maillon.decoding.shapes import Kind, Reason, Undecodable


@dataclass(frozen=True, slots=True)
class Form:
    """`opener`: what the library that decodes it calls it; "" where none of ours may."""

    kind: Kind
    mime: str
    opener: str


def _image(name: str, opener: str) -> Form:
    return Form(Kind.IMAGE, f"image/{name}", opener)


def _video(name: str, opener: str) -> Form:
    return Form(Kind.VIDEO, f"video/{name}", opener)


HEIC, MP4 = _image("heic", ""), _video("mp4", "mp4")
BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), _image("avif", "AVIF")),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    b"qt  ": _video("quicktime", "mov"),
}
AT_START = {
    b"\xff\xd8\xff": _image("jpeg", "JPEG"),
    b"\x89PNG\r\n\x1a\n": _image("png", "PNG"),
    b"GIF87a": _image("gif", "GIF"),
    b"GIF89a": _image("gif", "GIF"),
    b"II*\0": _image("tiff", "TIFF"),
    b"MM\0*": _image("tiff", "TIFF"),
    b"II+\0": _image("tiff", ""),
    b"MM\0+": _image("tiff", ""),
    b"\0\0\1\0": _image("vnd.microsoft.icon", ""),
    b"8BPS": _image("vnd.adobe.photoshop", ""),
    b"\xff\x0a": _image("jxl", ""),
    b"\0\0\0\x0cJXL ": _image("jxl", ""),
    b"\0\0\0\x0cjP  ": _image("jp2", ""),
    b"\xff\x4f\xff\x51": _image("jp2", ""),
    b"\x1aE\xdf\xa3": _video("x-matroska", "matroska"),
    b"FLV\1": _video("x-flv", "flv"),
    b"OggS": _video("ogg", "ogg"),
    b"\0\0\1\xba": _video("mpeg", "mpeg"),
    b"\0\0\1\xb3": _video("mpeg", "mpegvideo"),
    b"0&\xb2u\x8ef\xcf\x11": _video("x-ms-asf", "asf"),
}
FURTHER: tuple[tuple[Callable[[bytes], bool], Form], ...] = (
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _image("webp", "WEBP")),
    (lambda head: head[:4] == b"RIFF" and head[8:11] == b"AVI", _video("x-msvideo", "avi")),
    (lambda head: head[:2] == b"BM" and head[6:10] == bytes(4), _image("bmp", "BMP")),
    (lambda head: head[4:8] in (b"moov", b"mdat", b"wide"), _video("quicktime", "mov")),
    (lambda head: head[:1] == head[188:189] == head[376:377] == b"G", _video("mp2t", "mpegts")),
)


def form(body: bytes, expected: Kind | None = None) -> Form:
    """What these bytes begin as. Raises Undecodable: neither image nor video, or one that none of ours may decode."""
    found = sniff(body)
    if found is None:
        raise Undecodable(Reason.NOT_A_VIDEO if expected is Kind.VIDEO else Reason.NOT_AN_IMAGE)
    if not found.opener:
        raise Undecodable(Reason.UNSUPPORTED)
    return found


def sniff(body: bytes) -> Form | None:
    """What these bytes begin as; None for neither image nor video."""
    head = body[:512]
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], MP4)
    if head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head[:64]:
        return _video("webm", "matroska")
    for start, found in AT_START.items():
        if head.startswith(start):
            return found
    return next((found for holds, found in FURTHER if holds(head)), None)


def ends_early(body: bytes, found: Form) -> bool:
    """Whether fewer bytes are there than its own lengths say, where its form has lengths."""
    if body[:4] == b"RIFF":
        return len(body) < 8 + int.from_bytes(body[4:8], "little")
    if found.opener in ("mp4", "mov", "AVIF"):
        return _boxes_end_early(body)
    return False


def _boxes_end_early(body: bytes) -> bool:
    """An ISO base media file is boxes, each with its length first: 1, a longer one follows; 0, up to the end."""
    at = 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        size = int.from_bytes(body[at + 8 : at + 16], "big") if size == 1 else size
        if size < 8:
            return False
        at += size
    return at != len(body)
