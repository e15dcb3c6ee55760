"""What may identify a reporter is pointed out where it stands, and is gone once withheld."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.hotline.intake.identifying import GONE, KINDS, Finding, findings, withheld
from maillon.hotline.intake.identifying_addresses import ACCOUNT, SESSION, SHARE
from maillon.items.addresses import find

ADDRESSES = st.sampled_from(
    ["http://a.test/x", "https://user:pw@be.test/p?a=1", "be.test/p;jsessionid=A1?x=1#t=2", "www.a.test", "a.test/#x",
     "hxxp://a[.]test/?sid=1&b=2", "http://a.test/?b=2&si=3", "http://a.test/?email=anna%40be.test"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["my name is Anna Muster", "je m'appelle luc", "0478 12 34 56", "anna@be.test", "85.07.30-033.28", "yes", "?", "&",
     "BE71 0961 2345 6769", "Cordialement,\nLuc Exemple\n", "--\nAnna\n", "[…]", ". ", "name: Luc"]
)  # fmt: skip
TEXTS = st.lists(ADDRESSES | WORDS | st.text(max_size=12), max_size=8).map(" ".join) | st.text(max_size=200)


def of(text: str = "", remark: str = "") -> list[tuple[str, str]]:
    return [(found.kind, found.text) for found in findings(text, remark)]


def without(text: str) -> str:
    return withheld(text, findings(text, ""))


def without_in_remark(remark: str) -> str:
    return withheld(remark, findings("", remark))


@pytest.mark.parametrize(
    ("address", "kind", "left"),
    [
        ("http://a.test/x?sid=abc", "session", "http://a.test/x"),
        ("http://a.test/x?sid=abc&page=2", "session", "http://a.test/x?page=2"),
        ("http://a.test/x?page=2&PHPSESSID=abc", "session", "http://a.test/x?page=2"),
        ("http://a.test/x?page=2&token=abc#top", "session", "http://a.test/x?page=2#top"),
        ("http://a.test/x?token=abc#top", "session", "http://a.test/x#top"),
        ("http://a.test/x;jsessionid=abc?page=2", "session", "http://a.test/x?page=2"),
        ("http://a.test/x#access_token=abc&page=2", "session", "http://a.test/x#page=2"),
        ("http://a.test/x?q=eyJhbGciOiJub25lIn0.eyJhIjoxfQ", "session", "http://a.test/x"),
        ("http://a.test/x?igsh=abc", "share", "http://a.test/x"),
        ("http://a.test/x?page=2&fbclid=abc&z=1", "share", "http://a.test/x?page=2&z=1"),
        ("http://a.test/x?user_id=12", "account", "http://a.test/x"),
        ("http://a.test/x?who=anna%40be.test", "email", "http://a.test/x"),
        ("http://anna:secret@a.test/x", "login", "http://a.test/x"),
        ("http://a.test/x?k=018f3f4e-0000-7000-8000-0123456789ab", "random", "http://a.test/x"),
        ("http://a.test/x?k=kX93jd8Kd02jKd8s77aaQ", "random", "http://a.test/x"),
        ("http://a.test/x#kX93jd8Kd02jKd8s77aaQ", "random", "http://a.test/x"),
        ("a.test/x?sid=abc", "session", "a.test/x"),
        ("hxxp://a[.]test/x?sid=abc", "session", "hxxp://a[.]test/x"),
        ("(http://a.test/x?sid=abc).", "session", "(http://a.test/x)."),
    ],
)
def test_what_tells_who_copied_an_address_is_cut_out_of_it(address: str, kind: str, left: str) -> None:
    for text, found, kept in (
        (address, findings(address, ""), without(address)),
        (address, findings("", address), without_in_remark(address)),
    ):
        assert [f.kind for f in found] == [kind], text
        assert kept == left


@pytest.mark.parametrize(
    "address",
    ["http://a.test/x", "http://a.test/x?page=2&sort=new", "http://a.test/my-holiday-2024-pictures?w=a-long-readable-title",
     "http://a.test/?sid=", "http://a.test/@anna", "service:name", "anna@be.test", "http://192.0.2.1/a?id=12"],
)  # fmt: skip
def test_a_location_that_names_nobody_stays_unremarked(address: str) -> None:
    assert of(address) == []


@pytest.mark.parametrize(
    ("remark", "found"),
    [
        ("My name is Anna Muster. I saw this.", ["Anna Muster"]),
        ("my name is anna and I saw this", ["anna"]),
        ("Je m’appelle Luc van den Exemple, bonjour", ["Luc van den Exemple"]),
        ("je m'appelle luc", ["luc"]),
        ("Mijn naam is Piet Voorbeeld", ["Piet Voorbeeld"]),
        ("Ich heiße Anna", ["Anna"]),
        ("Ich bin Anna Muster", ["Anna Muster"]),
        ("Nom: Exemple", ["Exemple"]),
        ("On l'a vu.\n\nCordialement,\nLuc Exemple", ["Luc Exemple"]),
        ("Gezien.\nMet vriendelijke groeten, Piet\n", ["Piet"]),
        ("Gesehen.\nMit freundlichen Grüßen\nA. Muster\n", ["A. Muster"]),
        ("seen\n-- \nAnna Muster\n", ["Anna Muster"]),
        ("I am called Anna Muster; ask for Muster", ["Anna Muster", "Muster"]),
    ],
)  # fmt: skip
def test_a_name_is_found_after_an_introduction_or_a_greeting_and_wherever_it_stands_again(
    remark: str, found: list[str]
) -> None:
    assert of(remark=remark) == [("name", name) for name in found]


@pytest.mark.parametrize(
    "remark",
    ["Ich bin Lehrerin und habe es gesehen.", "my name is not important", "je suis choqué", "This is bad.",
     "le 01/02/2026 10:15", "seen on 3 pages, 12 images", "reference 85.07.30-033.29", "AB12 CDEF GHJK"],
)  # fmt: skip
def test_words_that_name_nobody_stay_unremarked(remark: str) -> None:
    assert of(remark=remark) == []


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("0478 12 34 56", "phone"),
        ("02 123 45 67", "phone"),
        ("02/123.45.67", "phone"),
        ("+32 478 12 34 56", "phone"),
        ("0032478123456", "phone"),
        ("+49 170 1234567", "phone"),
        ("85.07.30-033.28", "national_number"),
        ("85073003328", "national_number"),
        ("BE71 0961 2345 6769", "bank_account"),
        ("BE71096123456769", "bank_account"),
        ("anna.muster@be.test", "email"),
    ],
)
def test_numbers_and_addresses_of_people_are_found(written: str, kind: str) -> None:
    remark = f"You reach me ({written}), any time."
    assert of(remark=remark) == [(kind, written)]
    assert without_in_remark(remark) == f"You reach me ({GONE}), any time."


def test_only_what_was_chosen_is_withheld() -> None:
    remark = "my name is Anna, 0478 12 34 56"
    name, phone = findings("", remark)
    assert withheld(remark, [name]) == f"my name is {GONE}, 0478 12 34 56"
    assert withheld(remark, [phone]) == f"my name is Anna, {GONE}"


@given(TEXTS, TEXTS)
def test_any_text_is_read_and_each_finding_stands_where_it_says(text: str, remark: str) -> None:
    fields = {"locations": text, "remark": remark}
    found = findings(text, remark)
    ends = {"locations": 0, "remark": 0}
    for finding in found:
        assert finding.kind in KINDS
        assert fields[finding.where][finding.start : finding.end] == finding.text != ""
        assert finding.start >= ends[finding.where]
        ends[finding.where] = finding.end


@given(TEXTS)
def test_nothing_found_is_nothing_changed(text: str) -> None:
    assert withheld(text, []) == text
    if not findings(text, ""):
        assert without(text) == text


@given(TEXTS)
def test_what_stands_around_a_finding_stays(remark: str) -> None:
    found = findings("", remark)
    left = without_in_remark(remark)
    rest = "".join(
        remark[a:b] for a, b in zip([0, *(f.end for f in found)], [*(f.start for f in found), len(remark)], strict=True)
    )
    assert subsequence(left.replace(GONE, ""), rest)
    assert len(left.replace(GONE, "")) >= len(rest.replace(GONE, "")) - len(found)  # a separator goes with a parameter


def subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


@given(
    st.sampled_from(sorted(SESSION | SHARE | ACCOUNT)),
    st.from_regex(r"[A-Za-z0-9]{1,30}", fullmatch=True),
    st.lists(st.sampled_from(["page=2", "sort=new", "q=words"]), unique=True),
    st.integers(0, 3),
    st.sampled_from(["", "#top"]),
)
def test_withholding_a_parameter_leaves_the_same_address_without_it(
    name: str, value: str, others: list[str], place: int, fragment: str
) -> None:
    parameters = [*others[:place], f"{name}={value}", *others[place:]]
    left = without(f"http://a.test/x?{'&'.join(parameters)}{fragment}")
    assert left == f"http://a.test/x{'?' if others else ''}{'&'.join(others)}{fragment}"
    assert [location.canonical for location in find(left).locations] == [left]


@given(st.sampled_from(["my name is {}", "Je m'appelle {}", "mijn naam is {}.", "Ich heiße {}!"]),
       st.from_regex(r"[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9}){0,2}", fullmatch=True))  # fmt: skip
def test_a_name_withheld_is_nowhere_left(introduction: str, name: str) -> None:
    remark = f"{introduction.format(name)} and {name.split()[-1]} again, signed {name}"
    left = without_in_remark(remark)
    assert [word for word in name.split() if word in left.replace("Ich heiße", "").replace("Je m'appelle", "")] == []


def test_a_finding_is_the_same_when_written_down_and_read_again() -> None:
    [finding] = findings("http://a.test/?sid=abc", "")
    assert Finding(*finding) == finding == ("session", "locations", 15, 22, "sid=abc")
