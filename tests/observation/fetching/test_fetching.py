"""What a fetch brings from servers that behave."""

from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from maillon.observation.fetching.fetched import Part
from tests.observation.fetching.conftest import Net
from tests.observation.fetching.hostile import PNG, WEBM
from tests.observation.fetching.sites import CODED, PAGE, TEXT


def test_a_page_comes_with_the_media_it_names_each_once_in_its_order(net: Net) -> None:
    fetched = net.fetch("/page")
    assert (fetched.page.outcome, fetched.page.status, fetched.page.mime) == ("ok", 200, "text/html")
    assert fetched.page.body == PAGE
    assert fetched.text == "A title Some words"
    assert not fetched.needs_scripts
    assert [(one.kind, one.outcome, one.mime) for one in fetched.media] == [
        ("image", "ok", "image/png"),
        ("image", "ok", "image/png"),
        ("video", "ok", "video/webm"),
        ("image", "ok", "image/png"),
        ("image", "refused", "text/html"),
    ]
    assert fetched.named == 5
    assert [one.url for one in fetched.media][:3] == [
        "http://a.test/a.png",
        "http://a.test/poster.png",
        "http://b.test/film.webm",
    ]
    assert [one.body for one in fetched.media] == [PNG, PNG, WEBM, PNG, b""]
    assert fetched.media[4].reason == "not_media"


def test_the_page_is_the_referrer_of_its_media_and_another_host_learns_the_origin_alone(net: Net) -> None:
    net.fetch("/page", "http://c.test/from?here")
    (page,), (own,), (other,) = net.server.of("/page"), net.server.of("/a.png"), net.server.of("/film.webm")
    assert page.headers["referer"] == "http://c.test/from?here"
    assert own.headers["referer"] == "http://a.test/page"
    assert other.headers["referer"] == "http://a.test/"
    assert other.headers["host"] == "b.test"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("http://me:secret@c.test/x?y#z", "http://c.test/x?y"),
        ("HTTP://C.test", "http://c.test/"),
        ("no address", None),
        ("app://c.test/", None),
        ("http://c.test/\r\nX-Other: 1", "http://c.test/X-Other:%201"),
    ],
)
def test_only_an_address_of_the_web_is_sent_as_referrer(net: Net, given: str, sent: str | None) -> None:
    assert net.fetch("/text", given).page.outcome == "ok"
    assert net.server.of("/text")[0].headers.get("referer") == sent


@pytest.mark.parametrize("path", ["/cookie", "/cookies"])
def test_no_cookie_is_sent_back(net: Net, path: str) -> None:
    net.fetch(path)
    assert [asked.path for asked in net.server.asked] == [path, "/text" if path == "/cookie" else "/a.png"]
    assert not any("cookie" in asked.headers for asked in net.server.asked)


def test_requests_name_no_organisation(net: Net) -> None:
    net.fetch("/text")
    (asked,) = net.server.of("/text")
    assert "maillon" not in str(asked.headers).lower()
    assert "python" not in str(asked.headers).lower()
    assert "referer" not in asked.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_each_hop_is_kept_with_its_referrer(net: Net, status: int) -> None:
    page = net.fetch(f"/{status}", "http://c.test/from").page
    assert [(hop.url, hop.status, hop.location, hop.address, hop.referrer) for hop in page.hops] == [
        (f"http://a.test/{status}", status, "/text", "192.0.2.1", "http://c.test/from"),
        ("http://a.test/text", 200, "", "192.0.2.1", "http://c.test/from"),
    ]
    assert page.body == TEXT


def test_a_redirect_elsewhere_is_resolved_and_connected_to_anew(net: Net) -> None:
    page = net.fetch("/far").page
    assert [hop.address for hop in page.hops] == ["192.0.2.1", "192.0.2.2"]
    assert [asked.at for asked in net.server.asked] == ["127.192.2.1", "127.192.2.2"]


def test_a_page_that_sends_on_at_once_is_a_hop_and_one_that_waits_is_a_page(net: Net) -> None:
    page = net.fetch("/refresh").page
    assert [hop.location for hop in page.hops] == ["/text", ""]
    assert page.body == TEXT
    assert net.server.of("/text")[0].headers["referer"] == "http://a.test/refresh"
    assert len(net.fetch("/later").page.hops) == 1


@pytest.mark.parametrize("name", CODED)
def test_codings_are_undone_and_kept_as_they_came_in_the_archive(net: Net, name: str) -> None:
    page = net.fetch(f"/{name.replace(', ', '-').strip()}{len(name)}").page
    assert page.body == TEXT
    assert CODED[name] in page.warc


@pytest.mark.parametrize(
    ("path", "body"), [("/chunks", b"wordsmore"), ("/until-closed", b"<p>words"), ("/interim", TEXT)]
)
def test_bodies_are_read_however_they_are_framed(net: Net, path: str, body: bytes) -> None:
    assert net.fetch(path).page.body == body


def test_a_page_that_needs_scripts_is_said_to_and_an_empty_one_is_not(net: Net) -> None:
    assert net.fetch("/scripts").needs_scripts
    assert not net.fetch("/empty").needs_scripts
    assert not net.fetch("/text").needs_scripts


def test_an_address_that_is_itself_a_medium_is_a_page_without_body_and_that_medium(net: Net) -> None:
    fetched = net.fetch("/film")
    (film,) = fetched.media
    assert (fetched.page.outcome, fetched.page.body, fetched.page.mime) == ("ok", b"", "video/webm")
    assert (film.kind, film.url, film.body, film.hops) == ("video", "http://a.test/film", WEBM, fetched.page.hops)
    assert len(net.server.asked) == 1


def test_text_is_read_in_the_coding_it_says(net: Net) -> None:
    assert net.fetch("/latin").text == "caf\xe9"
    assert net.fetch("/japanese").text == "\u65e5\u672c"
    assert net.fetch("/plain").text == "words of a note"


def test_no_more_media_are_fetched_than_the_limit_and_all_are_counted(net: Net) -> None:
    fetched = net.fetch("/many")
    assert (len(fetched.media), fetched.named) == (6, 40)


def test_a_page_that_is_not_there_is_received_with_its_status(net: Net) -> None:
    page = net.fetch("/nowhere").page
    assert (page.outcome, page.status, page.body) == ("ok", 404, b"nothing here")


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/text", "warcinfo response request"),
        ("/far", "warcinfo response request response request"),
        ("/gzip4", "warcinfo response request"),
        ("/chunks", "warcinfo response request"),
        ("/film", "warcinfo metadata"),
        ("/to-loopback", "warcinfo response request metadata"),
        ("/endless", "warcinfo response request metadata"),
        ("/short", "warcinfo response request metadata"),
        ("/garbage", "warcinfo resource request metadata"),
        ("/closes", "warcinfo request metadata"),
    ],
)
def test_every_part_is_a_whole_archive_file_with_what_was_refused(net: Net, path: str, kinds: str) -> None:
    assert _kinds(net.fetch(path).page) == kinds.split()


@pytest.mark.parametrize("path", ["/page", "/film", "/names-inside"])
def test_every_medium_is_a_whole_archive_file(net: Net, path: str) -> None:
    for medium in net.fetch(path).media:
        kinds = _kinds(medium)
        assert kinds[0] == "warcinfo"
        assert ("metadata" in kinds) == (not medium.hops or medium.reason == "not_public")
        assert ("request" in kinds) == bool(medium.hops and medium.hops[0].address)


def _kinds(part: Part) -> list[str]:
    """The records of a part, each of whose digests held."""
    kinds = []
    for record in ArchiveIterator(BytesIO(part.warc), check_digests="raise"):
        assert record.rec_headers.protocol == "WARC/1.1"
        record.content_stream().read()
        assert record.digest_checker.passed
        kinds.append(record.rec_type)
    return kinds


def test_the_archive_says_where_each_answer_came_from(net: Net) -> None:
    page = net.fetch("/far").page
    found = [
        (record.rec_headers.get_header("WARC-Target-URI"), record.rec_headers.get_header("WARC-IP-Address"))
        for record in ArchiveIterator(BytesIO(page.warc))
        if record.rec_type == "response"
    ]
    assert found == [("http://a.test/far", "192.0.2.1"), ("http://b.test/text", "192.0.2.2")]
