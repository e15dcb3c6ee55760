"""What a page names, what a reader would see of it, and codings undone within bounds."""

import gzip

import pytest

from maillon.observation.fetching.egress import MIB
from maillon.observation.fetching.kinds import kind_by_name, mime_of
from maillon.observation.fetching.reading import best, read
from maillon.observation.fetching.refusals import Refusal, Stop
from maillon.observation.fetching.unpacking import Unpacker

BASE = "http://a.test/b/page"


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<img src="x.png">', {"http://a.test/b/x.png": "image"}),
        ('<img src=x.png><img src="./x.png#y"><img src="/b/x.png">', {"http://a.test/b/x.png": "image"}),
        ('<base href="//c.test/d/"><img src=x.png>', {"http://c.test/d/x.png": "image"}),
        ('<base href="javascript:1"><img src=x.png>', {"http://a.test/b/x.png": "image"}),
        ('<img src=s.png srcset="m.png 2x, l.png 3x">', {"http://a.test/b/l.png": "image"}),
        ("<img src=blank.gif data-src=real.jpg>",
         {"http://a.test/b/blank.gif": "image", "http://a.test/b/real.jpg": "image"}),
        ('<picture><source srcset="p.webp 100w, q.webp 300w"><img src=r.jpg></picture>',
         {"http://a.test/b/q.webp": "image", "http://a.test/b/r.jpg": "image"}),
        ("<video src=v poster=p></video>", {"http://a.test/b/v": "video", "http://a.test/b/p": "image"}),
        ("<video><source src=v></video>", {"http://a.test/b/v": "video"}),
        ("<audio><source src=v></audio>", {}),
        ("<link rel=image_src href=x>", {"http://a.test/b/x": "image"}),
        ("<link rel='shortcut icon' href=x>", {}),
        ("<meta property=og:image content=x><meta name=og:video content=y>",
         {"http://a.test/b/x": "image", "http://a.test/b/y": "video"}),
        ("<a href=x.JPG?y>big</a><a href=v.mp4#t=1>film</a><a href=z.html>z</a>",
         {"http://a.test/b/x.JPG?y": "image", "http://a.test/b/v.mp4": "video"}),
        ("<p style=\"background: url('x')\">", {"http://a.test/b/x": "image"}),
        ("<object data=x type=image/png></object><embed src=v.webm>",
         {"http://a.test/b/x": "image", "http://a.test/b/v.webm": "video"}),
        ("<svg><image href=x /></svg>", {"http://a.test/b/x": "image"}),
        ("<img src='javascript:1'><img src='ftp://c.test/x'><img src='http://'><img>", {}),
        ("<iframe src=x.png></iframe>", {}),
    ],
)  # fmt: skip
def test_a_page_names_its_media(html: str, named: dict[str, str]) -> None:
    assert read(html.encode(), "", BASE).named == named


@pytest.mark.parametrize(
    ("srcset", "candidate"),
    [
        ("a", "a"),
        ("a 1x, b 2x", "b"),
        ("a 100w,b 50w", "a"),
        ("a,b 1x, c 3x", "c"),
        ("a 1.5x,\n\t b 1x", "a"),
        ("", ""),
        (" , ", ""),
        ("a 1..5x, b 2x", "b"),
    ],
)
def test_the_largest_candidate_is_taken(srcset: str, candidate: str) -> None:
    assert best(srcset) == candidate


def test_what_is_not_shown_is_no_text() -> None:
    page = "<title>T</title><style>s</style><script>x</script><p>one<br>two<noscript>n</noscript><template>t</template>"
    assert read(page.encode(), "", BASE).text == "T one two"


def test_what_is_hidden_inside_what_is_hidden_does_no_harm() -> None:
    page = "<p>a<svg><style>s</style><script>x</script></svg>b<object><object><svg></svg>c</object></object>d"
    assert read((page * 50).encode(), "", BASE).text.split() == ["a", "b", "d"] * 50


@pytest.mark.parametrize(
    ("html", "needs"),
    [
        ("<div></div><script src=x></script>", True),
        ("<p>Loading</p><script>go()</script>", True),
        ("<script type='application/ld+json'>{}</script>", False),
        ("<script></script>", False),
        ("<p>" + "words " * 50 + "<script src=x></script>", False),
        ("<img src=x><script src=x></script>", False),
        ("", False),
    ],
)
def test_scripts_are_needed_where_there_is_nothing_else(html: str, needs: bool) -> None:
    assert read(html.encode(), "", BASE).needs_scripts is needs


@pytest.mark.parametrize(
    ("said", "begins", "mime"),
    [
        ("Image/PNG; x=y", b"", "image/png"),
        ("", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("application/octet-stream", b"\0\0\0\x18ftypmp42", "video/mp4"),
        ("text/plain", b"GIF89a", "image/gif"),
        ("text/plain", b"words", "text/plain"),
        ("", b" <!DOCTYPE html>", "text/html"),
        ("text/html", b"\xff\xd8\xff\xe0", "text/html"),
    ],
)
def test_the_type_is_the_servers_word_or_the_first_bytes(said: str, begins: bytes, mime: str) -> None:
    assert mime_of(said, begins) == mime


def test_endings_promise_kinds() -> None:
    assert (kind_by_name("/a.JPEG"), kind_by_name("/a.webm"), kind_by_name("/a.html")) == ("image", "video", None)


@pytest.mark.parametrize("step", [1, 7, 1_000_000])
def test_members_of_gzip_follow_one_another(step: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(3)
    unpacker = Unpacker("x-gzip, identity", MIB)
    assert (
        b"".join(piece for at in range(0, len(packed), step) for piece in unpacker.feed(packed[at : at + step]))
        == b"one two"
    )
    unpacker.end()


@pytest.mark.parametrize("most", [MIB, 10_000 * MIB])
def test_a_bomb_is_noticed_by_its_size_or_by_its_ratio(most: int) -> None:
    taken: list[int] = []
    with pytest.raises(Stop) as stop:
        taken.extend(len(piece) for piece in Unpacker("gzip", most).feed(gzip.compress(bytes(64 * MIB))))
    assert stop.value.reason is Refusal.DECOMPRESSION_BOMB
    assert sum(taken) <= min(most, 16 * MIB)
