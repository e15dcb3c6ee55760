"""Addresses as people write them, made canonical by one WHATWG parser (`can_ada`, which wraps ada).

`find` reads one field of free text and gives every location in it. Choices made here, once:

- A bare host name (`example.test/path`, `www.…`, an IP literal) is assumed to be `http://`.
- `,` `;` `|` are legal inside a URL: they separate only where a new address follows.
- Trailing sentence punctuation and unbalanced closing brackets do not belong to an address.
- User names, ports, queries and fragments are kept; default ports go; only what the parser calls equal is made
  equal, so `http://x.test/a` and `http://x.test/a#` are two locations.
- `service:name` is a handle: service in lower case, name as given (Unicode NFC) without its leading `@`.
  `magnet:`, `ipfs:`, `ipns:`, `ed2k:` and application links (`tg://resolve?…`) are handles too: they name no
  host. An e-mail address is the handle `mailto:…`.
- Another scheme with a dotted host (`ftp://…`, `gemini://…`) is a URL.
- The site of a location is its full host name, lower case, without port or final dot; of a handle, its
  service.
"""

# ruff: noqa: RUF001 - quotation marks and full stops of other scripts are what people paste

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import IPv6Address
from typing import Literal, NamedTuple

import can_ada

LONGEST = 8_000
"""Characters of one address; longer ones are unusable."""

Kind = Literal["url", "handle", "onion"]
SiteKind = Literal["host", "service", "onion"]


class Location(NamedTuple):
    """One place on the network: as written, and as everybody who writes it differently would spell it."""

    kind: Kind
    given: str
    canonical: str
    site_kind: SiteKind
    site: str
    key: bytes
    """SHA-256 of `kind`, a line feed and `canonical`: equal keys are the same location."""


class Found(NamedTuple):
    """What a field holds: locations (each once), sentences on pieces that cannot be read, other words."""

    locations: tuple[Location, ...]
    unusable: tuple[str, ...]
    ignored: tuple[str, ...]


_PLAIN = re.compile(r"https?://[\w.\-]+(?::\d+)?(?:[/?#][\w/.~%?=&#+:@\-]*)?(?<=[\w/~%=&#+\-])", re.ASCII)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\]")
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SPACED_DOT = re.compile(r"(?:(?<!\s)\s+)?([\[({]\s*(?:\.|dot|punt|punkt|point)\s*[\])}])\s*", re.I)
_SPACED_SCHEME = re.compile(r"(:\s?[/\\]{2}|\[:\][/\\]{2}|\[://\])\s+")
_WORDS = re.compile(r'[^\s\x00-\x20\x7f<>"]+')
_FANGS = (
    (re.compile(r"[\[({]\s*(?:\.|dot|punt|punkt|point)\s*[\])}]", re.I), "."),
    (re.compile(r"\[(:|:/|://|/|//|@)\]"), r"\1"),
    (re.compile(r"[\[({]at[\])}]", re.I), "@"),
)
_HTTP = re.compile(r"(?:h[tx*_]{1,3}p|ttp|hp|meow)(s?)(?=:)", re.I)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_LABEL = r"[^\x00-,./:-@\[-^`{-\x7f。．｡]"
_BARE = re.compile(
    rf"(?:(?:{_LABEL}+[.。．｡])+(?!\d){_LABEL}{{2,}}\.?|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|\[[0-9a-f:.]+\])"
    r"(?=$|[:/?#\\,;|])(?!:[^\d])",
    re.I,
)
_NEXT = re.compile(r"[(\[{'*]*(?:(?:h[tx*_]{1,3}ps?:)|[a-z][a-z0-9+.-]*(?::|\[:\]|\[:/)[/\\]|www\.)", re.I)
_HANDLE = re.compile(r"([a-z][a-z0-9-]{1,30}):(?!//)(.+)", re.I | re.S)
_MAIL = re.compile(rf"[^@:/?#\s]+@(?:{_LABEL}+\.)+{_LABEL}{{2,}}")
_INNER = re.compile(r"(?<![a-z0-9])(?:h[tx*_]{1,3}ps?|ftp)(?::|\[:\])[/\\]{2}", re.I)
_GLUED = re.compile(r"(?<=[^/:=?&#@\W])(?=https?://)", re.I)
_PAST_HOST = re.compile(r"(?:h[tx*_]{1,3}ps?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]+|[/\\]{2})[^/\\?#]+[/\\?#]", re.I)
_ATTEMPT = re.compile(r"://|^h[tx*]{2}ps?\b|^www\b|\.onion\b|^@\w|\w\.\w+[/:]", re.I)
_FILE = re.compile(
    r"(?:jpe?g|png|gif|webp|bmp|avi|mp[34]|mkv|webm|pdf|docx?|xlsx?|txt|html?|php|csv|exe|rar|7z)$", re.I
)

_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss"})
_NAMES_NO_HOST = frozenset({"magnet", "ipfs", "ipns", "ed2k"})
_NAMES_NOTHING = frozenset({"file", "data", "javascript", "about", "blob", "cid", "chrome"})
_WORDS_BEFORE = frozenset({"url", "uri", "link", "lien", "site", "web", "website", "adres", "adresse", "address"})
_OPENING = "([{'`*“”„«»‹›‘’"
_CLOSING = ".,;:!?'`|“”„«»‹›‘’…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


_AHEAD = 2_000
"""Characters that tell whether an address begins, or is past its host: more than any host has, however disarmed."""
_DISARMED = 8
"""How often an address is taken to be disarmed, one way around the other."""


class _Unusable(Exception):
    """Why a piece that looks like an address cannot be read."""


def find(text: str) -> Found:
    """Every location in one field of a report; never raises, whatever the text."""
    if len(text) <= LONGEST and _PLAIN.fullmatch(text) and text.count("://") == 1:
        try:
            return Found((_url(text, text),), (), ())
        except _Unusable as why:
            return Found((), (_sentence(text, why),), ())
    locations: dict[bytes, Location] = {}
    unusable: list[str] = []
    ignored: list[str] = []
    for piece in _pieces(text):
        try:
            location = _read(piece)
        except _Unusable as why:
            unusable.append(_sentence(piece, why))
        else:
            if location:
                locations.setdefault(location.key, location)
            else:
                ignored.append(piece)
    return Found(tuple(locations.values()), tuple(unusable), tuple(ignored))


def address_of(site: str) -> str | None:
    """The IP address that a site of kind `host` is, without brackets; None for a name."""
    if site.startswith("["):
        return site[1:-1]
    return site if site.rpartition(".")[2].isdigit() else None


def _sentence(piece: str, why: Exception) -> str:
    shown = piece if len(piece) <= 80 else piece[:79] + "…"
    return f"“{shown}” cannot be read: {why}."


def _pieces(text: str) -> Iterator[str]:
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    text = _SPACED_SCHEME.sub(r"\1", _SPACED_DOT.sub(r"\1", text))
    for word in _WORDS.findall(text):
        for piece in _separate(word):
            trimmed = _trim(piece)
            if trimmed:
                yield trimmed


def _separate(word: str) -> Iterator[str]:
    """The addresses in one word, cut at the separators after which a new address begins."""
    begin = _opening(word)
    if begin:
        yield word[:begin]
    for cut in [m.start() for m in re.finditer(r"[,;|]", word)] + [len(word)]:
        if cut < begin or (cut < len(word) and not _begins(word, begin, cut)):
            continue
        yield from _unglued(word[begin:cut])
        begin = cut + 1


def _opening(word: str) -> int:
    """Where the first address starts: after a label such as `[text](`, or at 0."""
    inner = _INNER.search(word)
    if not inner or not inner.start() or _BARE.match(_refang(word.lstrip(_OPENING))):
        return 0
    before = word[: inner.start()]
    return inner.start() if before.strip(_OPENING) and "://" not in before and before[-1] not in ",;|" else 0


def _begins(word: str, begin: int, cut: int) -> bool:
    after = word[cut + 1 : cut + 1 + _AHEAD]
    bare = after.lstrip(_OPENING)
    if not bare or bare[0] in ",;|":
        return False
    if _NEXT.match(after):
        return True
    plain = _refang(bare)
    host, handle = _BARE.match(plain), _HANDLE.match(plain)
    if not host and not handle:
        return False
    inside = _PAST_HOST.match(_refang(word[begin : min(cut, begin + _AHEAD)].lstrip(_OPENING)))
    return bool(host) and word[cut] == "|" if inside else True


def _unglued(piece: str) -> Iterator[str]:
    """`http://a.testhttp://b.test` is two addresses: a host is never followed by a scheme."""
    begin = 0
    for glue in _GLUED.finditer(piece, 8):
        cut = glue.start()
        if cut < begin + 8:
            continue
        if _PAST_HOST.match(_refang(piece[begin : min(cut, begin + _AHEAD)].lstrip(_OPENING))):
            break
        yield piece[begin:cut]
        begin = cut
    yield piece[begin:]


def _trim(piece: str) -> str:
    """The piece without wrapping quotes and brackets and without the sentence's punctuation."""
    starred = piece.startswith("*")
    while piece and piece[0] in _OPENING and not (piece[0] == "[" and _BARE.match(piece)):
        if piece[0] in "[({" and any(f.match(piece) for f, _ in _FANGS):
            break
        piece = piece[1:]
    end = len(piece)
    left = {bracket: piece.count(bracket) for pair in _PAIRS.items() for bracket in pair}
    while end:
        last = piece[end - 1]
        loose = last in _PAIRS and left[last] > left[_PAIRS[last]]
        if not (loose or last in _CLOSING or (starred and last == "*")):
            break
        if last in left:
            left[last] -= 1
        end -= 1
    return piece[:end]


def _refang(piece: str) -> str:
    for _ in range(_DISARMED):
        before = piece
        for fang, plain in _FANGS:
            piece = fang.sub(plain, piece)
        if piece == before:
            break
    return piece


def _read(given: str) -> Location | None:
    """The location a piece names; None if it does not look like one."""
    if len(given) > LONGEST:
        raise _Unusable(f"it is longer than {LONGEST} characters")
    piece = _HTTP.sub(lambda m: "http" + m[1].lower(), _trim(_refang(given)), count=1)
    if _BARE.match(piece):
        if _FILE.search(piece) and not re.search(r"[/?#:]", piece):
            raise _Unusable("it looks like the name of a file; give the address of the page")
        return _url(given, "http://" + piece)
    if piece.startswith("//"):
        return _url(given, "http:" + piece)
    if piece.count(":") > 1 and _is_ipv6(piece):
        return _url(given, f"http://[{piece}]/")
    scheme = _SCHEME.match(piece)
    if scheme:
        return _with_scheme(given, piece, scheme[1].lower(), piece[scheme.end() :])
    if _MAIL.fullmatch(piece):
        return _handle(given, "mailto", piece)
    if piece.startswith("@") and len(piece) > 1:
        raise _Unusable("it is a name without its service; write service:name")
    if _ATTEMPT.search(piece):
        raise _Unusable("it starts like an address but is not one; write it in full, with http://")
    return None


def _with_scheme(given: str, piece: str, scheme: str, rest: str) -> Location | None:
    if scheme in _SPECIAL:
        return _url(given, piece)
    if scheme in _NAMES_NOTHING:
        raise _Unusable(f"{scheme}: names nothing on the network")
    if scheme in _WORDS_BEFORE or _NEXT.match(rest):
        return _read(_trim(rest)) if rest else None
    if scheme in _NAMES_NO_HOST:
        return _handle(given, scheme, rest.lstrip("/"))
    if rest.startswith("//"):
        host = _parsed(piece).hostname
        if "." in host or host.startswith("["):
            return _url(given, piece)
        return _handle(given, scheme, rest.lstrip("/"))
    handle = _HANDLE.fullmatch(piece)
    return _handle(given, scheme, handle[2]) if handle else None


def _parsed(address: str) -> can_ada.URL:
    try:
        return can_ada.parse(address)
    except (ValueError, TypeError):  # TypeError: lone surrogates, which are no text
        raise _Unusable("its host or port is not one that exists on the network; check how it is written") from None


def _url(given: str, address: str) -> Location:
    url = _parsed(address)
    canonical, host = url.href, url.hostname
    trimmed = _trim(canonical)
    if trimmed != canonical:
        return _url(given, trimmed)
    if not host:
        raise _Unusable("it has no host; write the address in full")
    site = host.lower()
    if len(site) > 254 or not _HOST.fullmatch(site):
        raise _Unusable("its host is not a possible host name; check how it is written")
    site = site.rstrip(".")
    onion = site.endswith(".onion")
    kind: Kind = "onion" if onion else "url"
    return Location(kind, given, canonical, "onion" if onion else "host", site, _key(kind, canonical))


def _handle(given: str, service: str, name: str) -> Location:
    while True:
        before = name
        name = _trim(unicodedata.normalize("NFC", name)).lstrip("@")
        if name == before:
            break
    if not name:
        raise _Unusable("nothing follows the name of the service; write service:name")
    canonical = f"{service}:{name}"
    return Location("handle", given, canonical, "service", service, _key("handle", canonical))


def _key(kind: Kind, canonical: str) -> bytes:
    try:
        return sha256(f"{kind}\n{canonical}".encode()).digest()
    except UnicodeEncodeError:
        raise _Unusable("it holds characters that no text holds; check the file's encoding") from None


def _is_ipv6(piece: str) -> bool:
    try:
        IPv6Address(piece)
    except ValueError:
        return False
    return True
