"""What a page names and what a reader would see of it; nothing is run.

Taken: `img` (its largest candidate, `src` where there is no `srcset`, and what lazily loading pages put into
`data-src`), `source` of pictures and videos, `video` with its poster, `input type=image`, images in SVG, `object`,
`embed`, backgrounds in `style` attributes, `link rel=image_src`, `og:` and `twitter:` images and videos, and links
whose ending is that of an image or a video. Not taken: frames, style sheets, icons, sound.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from maillon.observation.fetching.fetched import LONGEST_TEXT, Kind
from maillon.observation.fetching.guard import joined
from maillon.observation.fetching.kinds import kind_by_name
from maillon.observation.fetching.refusals import Stop

ALMOST_NOTHING = 200
"""Characters of text up to which a page without media but with scripts counts as needing them."""
_MOST_NAMED = 5_000
_META: dict[str, Kind] = {
    "og:image": "image",
    "og:image:url": "image",
    "og:image:secure_url": "image",
    "twitter:image": "image",
    "og:video": "video",
    "og:video:url": "video",
    "og:video:secure_url": "video",
}
_NODES = (
    "img, source, video, object, embed, a[href], input[type=image], svg image, link[rel~=image_src], meta[content],"
    "[style], [background]"
)
_STYLE_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)", re.I)
_CANDIDATE = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s+([\d.]{1,12})([wx])[^,]*|\s*)(?:,|$)")
_CHARSET = re.compile(rb"<meta[^>]{0,1000}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.I)
_HIDDEN = frozenset(
    {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "textarea"}
)
_INVISIBLE = ", ".join(sorted(_HIDDEN))
_DATA_SCRIPTS = ("json", "template", "text/plain", "importmap", "speculationrules")
CHARSETS = {
    "utf-8": "utf-8",
    **dict.fromkeys(("ascii", "us-ascii", "latin-1", "iso-8859-1", "latin1", "windows-1252", "cp1252"), "cp1252"),
    **{f"windows-125{n}": f"cp125{n}" for n in range(9)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{"iso-8859-9": "cp1254", "iso-8859-11": "cp874", "windows-874": "cp874", "tis-620": "cp874"},
    **{name: name for name in ("koi8-r", "koi8-u", "gb18030", "big5", "euc-jp", "iso-2022-jp", "utf-16le", "utf-16be")},
    **{"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "sjis": "cp932", "euc-kr": "cp949"},
    **{"utf8": "utf-8", "utf-16": "utf-16le", "macintosh": "mac-roman", "windows-1252": "cp1252"},
}
"""Codings of text as browsers know them (WHATWG Encoding), to Python's; all else is read as UTF-8."""


@dataclass(frozen=True, slots=True)
class Read:
    """`named`: address (absolute, or `data:`) -> kind, in the page's order, each once."""

    named: dict[str, Kind]
    text: str
    needs_scripts: bool


def warm() -> None:
    """Load every coding while files can still be loaded."""
    for charset in set(CHARSETS.values()):
        codecs.lookup(charset)
    read(b"<p>", "", "http://a.test/")


def read(body: bytes | bytearray | memoryview, content_type: str, base: str) -> Read:
    """A page of HTML at `base`."""
    tree = LexborHTMLParser(decoded(bytes(body), content_type))
    base = _base(tree, base)
    named: dict[str, Kind] = {}
    seen: set[str] = set()
    for kind, reference in _references(tree):
        if len(seen) >= _MOST_NAMED:
            break
        if reference in seen:
            continue
        seen.add(reference)
        address = reference if reference[:5].lower() == "data:" else _address(base, reference)
        if address:
            named.setdefault(address, kind)
    scripts = any(_runs(node) for node in tree.css("script"))
    text = _text(tree)
    return Read(named, text, scripts and not named and len(text) <= ALMOST_NOTHING)


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page: by its byte order mark, the server's word or the page's own, else UTF-8."""
    for mark, charset in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16le"),
        (codecs.BOM_UTF16_BE, "utf-16be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    said = re.search(r"charset\s*=\s*[\"']?([\w:.-]{2,40})", content_type, re.I)
    name = said[1] if said else ""
    if not said and (found := _CHARSET.search(body, 0, 4096)):
        name = found[1].decode("ascii")
    return body.decode(CHARSETS.get(name.lower(), "utf-8"), "replace")


def _base(tree: LexborHTMLParser, base: str) -> str:
    node = tree.css_first("base[href]")
    if node is None:
        return base
    return _address(base, node.attributes.get("href") or "") or base


def _address(base: str, reference: str) -> str:
    try:
        address = joined(base, reference).partition("#")[0]
    except Stop:
        return ""
    return address if address.startswith(("http:", "https:")) else ""


def _references(tree: LexborHTMLParser) -> Iterator[tuple[Kind, str]]:
    for node in tree.css(_NODES):
        tag, given = node.tag, node.attributes
        for style in _STYLE_URL.findall(given.get("style") or ""):
            yield "image", style
        yield from ((kind, value) for kind, value in _of(node, tag or "", given) if value)


def _of(node: LexborNode, tag: str, given: dict[str, str | None]) -> Iterator[tuple[Kind, str | None]]:
    yield "image", given.get("background")
    if tag in ("img", "source"):
        within = node.parent.tag if node.parent else ""
        if tag == "source" and within == "audio":
            return
        kind: Kind = "video" if tag == "source" and within == "video" else "image"
        yield kind, best(given.get("srcset") or given.get("data-srcset") or "") or given.get("src")
        yield kind, given.get("data-src") or given.get("data-original") or given.get("data-lazy-src")
    elif tag == "video":
        yield "video", given.get("src")
        yield "video", given.get("data-src")
        yield "image", given.get("poster")
    elif tag in ("object", "embed", "a"):
        yield from _by_promise(given.get({"object": "data", "embed": "src"}.get(tag, "href")), given.get("type"))
    elif tag == "meta":
        name = (given.get("property") or given.get("name") or "").lower()
        if name in _META:
            yield _META[name], given.get("content")
    elif tag in ("input", "image", "link"):
        yield "image", given.get("src" if tag == "input" else "href") or given.get("xlink:href")


def _by_promise(value: str | None, said: str | None) -> Iterator[tuple[Kind, str]]:
    if not value:
        return
    if said and said.startswith(("image/", "video/")):
        yield ("image" if said.startswith("image/") else "video"), value
    elif kind := kind_by_name(re.split(r"[?#]", value[:8000])[0]):
        yield kind, value


def best(srcset: str) -> str:
    """The largest candidate of a `srcset`; "" where there is none."""
    largest, found, at = -1.0, "", 0
    while candidate := _CANDIDATE.match(srcset, at):
        at = candidate.end()
        try:
            size = float(candidate[2] or 1)
        except ValueError:
            size = 0.0
        if size > largest:
            largest, found = size, candidate[1]
    return found


def _runs(script: LexborNode) -> bool:
    said = (script.attributes.get("type") or "").lower()
    return not any(word in said for word in _DATA_SCRIPTS) and bool(
        script.attributes.get("src") or script.text().strip()
    )


def _text(tree: LexborHTMLParser) -> str:
    title = tree.css_first("title")
    said = title.text() if title else ""
    for node in [one for one in tree.css(_INVISIBLE) if not _is_inside_one(one)]:
        node.decompose()  # with all that is in it, which must not be taken out again
    body = tree.body
    return shortened(f"{said} {body.text(separator=' ') if body else ''}")


def _is_inside_one(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in _HIDDEN:
            return True
        above = above.parent
    return False


def shortened(text: str) -> str:
    """`text` with single spaces, as much of it as is kept."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST_TEXT]
