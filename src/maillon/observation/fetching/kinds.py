"""What a body is: by what the server says, and where it says nothing useful by the first bytes."""

import re

from maillon.observation.fetching.fetched import Kind

_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/unknown", "text/plain"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_VIDEO_BOXES = (
    b"isom",
    b"iso2",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"qt  ",
    b"dash",
    b"3gp4",
    b"3gp5",
)
_BEGINS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"FLV\x01", "video/x-flv"),
)
_IMAGE_NAMES = re.compile(r"\.(?:jpe?g|jfif|png|gif|webp|avif|heic|heif|bmp|tiff?|jxl)$", re.I)
_VIDEO_NAMES = re.compile(r"\.(?:mp4|m4v|webm|mkv|mov|avi|mpe?g|wmv|flv|3gp|ogv)$", re.I)


def mime_of(content_type: str, begins: bytes) -> str:
    """The media type in lower case without parameters, guessed from the body's first bytes if the server says none."""
    said = content_type.partition(";")[0].strip().lower()
    if said not in _SAYS_NOTHING:
        return said[:100]
    return _sniffed(begins) or said


def kind_of(mime: str) -> Kind:
    """Which limits and which reading a media type has."""
    if mime.startswith("image/"):
        return "image"
    return "video" if mime.startswith("video/") else "page"


def is_html(mime: str) -> bool:
    return mime in _HTML


def kind_by_name(path: str) -> Kind | None:
    """What the path of an address promises, by its ending."""
    if _IMAGE_NAMES.search(path):
        return "image"
    return "video" if _VIDEO_NAMES.search(path) else None


def _sniffed(begins: bytes) -> str:
    for start, mime in _BEGINS:
        if begins.startswith(start):
            return mime
    if begins[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(begins[8:12], "")
    if begins[4:8] == b"ftyp":
        return (
            "video/mp4" if begins[8:12] in _VIDEO_BOXES else "image/avif" if begins[8:12] == b"avif" else "image/heic"
        )
    return "text/html" if re.match(rb"\s*(?:<!doctype html|<html|<head|<body|<!--)", begins[:200], re.I) else ""
