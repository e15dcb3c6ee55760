"""An address on a page is nobody's link, and is still the same address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.items.addresses import find
from maillon.items.defang import defanged

ADDRESSES = {
    "http://a.test/x?y=1.2#z.w": "hxxp://a[.]test/x?y=1.2#z.w",
    "https://sub.a.test:8443/p.html": "hxxps://sub[.]a[.]test:8443/p.html",
    "a.test/x": "a[.]test/x",
    "ftp://files.test/x": "ftp[://]files[.]test/x",
    "http://192.0.2.7/x": "hxxp://192[.]0[.]2[.]7/x",
    "http://user:pass@a.test/": "hxxp://user:pass@a[.]test/",
    "hxxp://a[.]test/x": "hxxp://a[.]test/x",
    "telegram:name": "telegram:name",
    "mailto:somebody@a.test": "mailto:somebody[at]a[.]test",
    "": "",
}


@pytest.mark.parametrize(("address", "shown"), ADDRESSES.items())
def test_scheme_and_host_are_spoilt(address: str, shown: str) -> None:
    assert defanged(address) == shown


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a])
def test_what_is_shown_reads_back_as_the_same_location(address: str) -> None:
    (before,), (after,) = find(address).locations, find(defanged(address)).locations
    assert after.key == before.key


@given(st.text(max_size=80))
def test_any_text_is_taken_and_spoiling_twice_changes_nothing(text: str) -> None:
    assert defanged(defanged(text)) == defanged(text)
