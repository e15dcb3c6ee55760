"""What `items.addresses` promises about addresses as people write them."""

# ruff: noqa: RUF001 - letters and full stops of other scripts are what is tested

import can_ada
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maillon.items.addresses import LONGEST, Location, address_of, find


def canonicals(text: str) -> list[str]:
    return [location.canonical for location in find(text).locations]


def only(text: str) -> Location:
    found = find(text)
    assert len(found.locations) == 1, found
    return found.locations[0]


@pytest.mark.parametrize(
    "written",
    [
        "http://example.test/a?b=1#c",
        "HTTP://EXAMPLE.test:80/a?b=1#c",
        "hxxp://example.test/a?b=1#c",
        "hXXp://example[.]test/a?b=1#c",
        "h**p://example(.)test/a?b=1#c",
        "http[:]//example{.}test/a?b=1#c",
        "hxxp[://]example[dot]test/a?b=1#c",
        "http://example [punkt] test/a?b=1#c",
        "http:\\\\example.test\\a?b=1#c",
        "http:// example.test/a?b=1#c",
        "http://exam\u200bple.test/a?b=1#c",
        "\ufeffhttp://example.test/a?b=1#c",
        "//example.test/a?b=1#c",
        "example.test/a?b=1#c",
        "<http://example.test/a?b=1#c>",
        "“http://example.test/a?b=1#c”.",
        "(http://example.test/a?b=1#c).",
        "**http://example.test/a?b=1#c**",
        "url:http://example.test/a?b=1#c",
        "http://ｅｘａｍｐｌｅ。test/a?b=1#c",
        "http://example.test/x/../a?b=1#c",
    ],
)
def test_every_way_of_writing_one_address_is_one_location(written: str) -> None:
    location = only(written)
    assert location.canonical == "http://example.test/a?b=1#c"
    assert (location.kind, location.site_kind, location.site) == ("url", "host", "example.test")
    assert location.key == only("http://example.test/a?b=1#c").key


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://a.test/1 http://b.test/2", ["http://a.test/1", "http://b.test/2"]),
        ("http://a.test/1\r\nhttps://b.test/2\r\n", ["http://a.test/1", "https://b.test/2"]),
        ("http://a.test/1;http://b.test/2", ["http://a.test/1", "http://b.test/2"]),
        ("hxxp://a[.]test/1,hxxp://b[.]test/2", ["http://a.test/1", "http://b.test/2"]),
        ("http://a.test|b.test/2", ["http://a.test/", "http://b.test/2"]),
        ("http://a.test/1|b.test/2", ["http://a.test/1", "http://b.test/2"]),
        ("a.test/1,b.test/2 ; www.c.test", ["http://a.test/1", "http://b.test/2", "http://www.c.test/"]),
        ("http://a.testhttp://b.test", ["http://a.test/", "http://b.test/"]),
        ('<a href="http://a.test/1">text</a>', ["http://a.test/1"]),
        ("[text](http://a.test/1)", ["http://a.test/1"]),
        ("http://a.test/1 http://a.test/1", ["http://a.test/1"]),
        ("telegram:one;telegram:two,a.test/1", ["telegram:one", "telegram:two", "http://a.test/1"]),
    ],
)
def test_several_addresses_in_one_field_are_told_apart(written: str, expected: list[str]) -> None:
    assert canonicals(written) == expected
    assert not find(written).unusable


@pytest.mark.parametrize(
    "address",
    [
        "http://a.test/x,1,2;v=1",
        "http://a.test/?list=a;b,c|d",
        "http://a.test/,x.test",
        "http://a.test/wiki/(b)",
        "http://a.test/?to=http://b.test/",
        "http://a.test/web/2020/http://b.test/",
        "http://user:pw@a.test/",
        "http://a.test:8080/",
        "http://a.test/b#",
        "ftp://a.test/b",
        "gemini://a.test/b",
    ],
)
def test_what_belongs_to_an_address_stays(address: str) -> None:
    assert canonicals(address) == [address]


@pytest.mark.parametrize(
    ("written", "canonical", "site"),
    [
        ("http://münchen.test/ü", "http://xn--mnchen-3ya.test/%C3%BC", "xn--mnchen-3ya.test"),
        ("例え。テスト/パス", "http://xn--r8jz45g.xn--zckzah/%E3%83%91%E3%82%B9", "xn--r8jz45g.xn--zckzah"),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://3221225985/", "http://192.0.2.1/", "192.0.2.1"),
        ("192.0.2.7:8080/x", "http://192.0.2.7:8080/x", "192.0.2.7"),
        ("[2001:DB8::1]:80/x", "http://[2001:db8::1]/x", "[2001:db8::1]"),
        ("2001:db8:0::1", "http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://a.test./x", "http://a.test./x", "a.test"),
        ("https://a.test:443", "https://a.test/", "a.test"),
    ],
)
def test_hosts_are_written_as_the_whatwg_parser_writes_them(written: str, canonical: str, site: str) -> None:
    location = only(written)
    assert (location.canonical, location.site) == (canonical, site)


@pytest.mark.parametrize(
    ("written", "canonical", "service"),
    [
        ("telegram:@SomeName", "telegram:SomeName", "telegram"),
        ("Telegram:SomeName.", "telegram:SomeName", "telegram"),
        ("app:cafe\u0301", "app:caf\u00e9", "app"),
        ("magnet:?xt=urn:btih:ABC", "magnet:?xt=urn:btih:ABC", "magnet"),
        ("ipfs://QmABC/x", "ipfs:QmABC/x", "ipfs"),
        ("tg://resolve?domain=x", "tg:resolve?domain=x", "tg"),
        ("someone@a.test", "mailto:someone@a.test", "mailto"),
    ],
)
def test_a_handle_names_its_service_and_keeps_its_name(written: str, canonical: str, service: str) -> None:
    location = only(written)
    assert (location.kind, location.canonical) == ("handle", canonical)
    assert (location.site_kind, location.site) == ("service", service)


@pytest.mark.parametrize("written", ["abcdef.onion/x", "HTTP://ABCDEF.onion:80/x", "hxxp://abcdef[.]onion/x"])
def test_an_onion_host_is_a_site_of_its_own_kind(written: str) -> None:
    location = only(written)
    assert (location.kind, location.canonical) == ("onion", "http://abcdef.onion/x")
    assert (location.site_kind, location.site) == ("onion", "abcdef.onion")


@pytest.mark.parametrize(
    "written",
    [
        "http://",
        "http://a..test/",
        "http://" + "a" * 64 + ".test/",
        "http://" + "a." * 127 + "test/",
        "http://a.test:99999/",
        "http://a!b.test/",
        "http//a.test",
        "http://a.test/" + "x" * LONGEST,
        "file:///a/b",
        "javascript:void",
        "@someone",
        "photo.jpg",
        "http://a.test/\ud800",
        "telegram:@",
    ],
)
def test_an_attempt_that_cannot_be_read_is_named_with_its_reason(written: str) -> None:
    found = find(written)
    assert not found.locations
    assert len(found.unusable) == 1
    assert "cannot be read: " in found.unusable[0]
    assert found.unusable[0].endswith(".")


def test_words_are_no_addresses() -> None:
    found = find("Voir la page, svp. Le 12.11.2026")
    assert not found.locations
    assert not found.unusable
    assert found.ignored == ("Voir", "la", "page", "svp", "Le", "12.11.2026")
    assert find("") == find(" \r\n") == ((), (), ())


def test_good_addresses_stand_beside_a_bad_one() -> None:
    found = find("http://a.test/1 http://a..test/ see")
    assert [location.canonical for location in found.locations] == ["http://a.test/1"]
    assert len(found.unusable) == 1
    assert found.ignored == ("see",)


def test_the_same_text_on_another_kind_of_place_has_another_key() -> None:
    assert only("http://a.test/").key != only("telegram:a.test").key


def test_a_site_that_is_an_address_says_which() -> None:
    assert address_of("[2001:db8::1]") == "2001:db8::1"
    assert address_of("192.0.2.1") == "192.0.2.1"
    assert address_of("a.test") is None


ODD = "abhtpsw:/\\.,;|?#@&=%[](){}<>'\"`*_-~!+ \t\n0129xX.test.onion.http://hxxp[.]é。☃\u200b\u0301\u037e\xa0\x01\ud800"


@settings(max_examples=600)
@given(st.text(alphabet=ODD, max_size=60) | st.text(max_size=40))
@example("http://x.test/a;http:/.//y.test")
@example("http://x.test/(/../a)")
@example("http://x.test/a|http:\\\\y.test")
@example("a:\u037e")
def test_nothing_written_raises_and_what_is_canonical_stays_so(text: str) -> None:
    for location in find(text).locations:
        again = find(location.canonical)
        assert [one.canonical for one in again.locations] == [location.canonical]
        assert again.locations[0].key == location.key
        assert again.locations[0].site == location.site


FULL = 20_000  # characters of the public form's field


@pytest.mark.parametrize("sign", [";", "a;", ",(", "\n", "[ ", "([dot", "a)", "*;", "a[dot]a;"])
def test_a_field_full_of_separators_is_read_like_any_other(sign: str) -> None:
    """Each of these once took work that grew with the square of the field."""
    [last] = find(sign * (FULL // len(sign)) + " http://x.test/a").locations
    assert last.canonical == "http://x.test/a"


def test_however_many_addresses_are_glued_together_none_raises() -> None:
    found = find("http://be.test" * (FULL // 14)).locations
    assert {location.canonical for location in found} == {"http://be.test/"}


PART = st.text(alphabet="ab/.?#=%&;,é~", max_size=20)


@settings(max_examples=300)
@given(PART)
def test_spellings_the_parser_calls_equal_are_one_location(rest: str) -> None:
    spellings = [
        f"http://example.test/{rest}x",
        f"HTTP://EXAMPLE.TEST:80/./{rest}x",
        f"http:/\\exa%6Dple.test/{rest}x",
    ]
    assert len({can_ada.parse(spelling).href for spelling in spellings}) == 1
    assert len({only(spelling).key for spelling in spellings}) == 1
