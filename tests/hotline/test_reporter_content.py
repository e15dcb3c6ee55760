"""What is stored of a report is what was told; its digest tells every other content from it, and no repeat."""

import hashlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.hotline.intake.content import Content, checked, checked_language, checked_stated, digest, storable
from maillon.hotline.intake.policy import LONGEST, STATED
from maillon.kernel.errors import BadInput
from tests.factories.world import NOW

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
CONTENTS = st.builds(
    Content, WORDS, WORDS, WORDS, WORDS, st.sets(st.sampled_from(STATED)).map(lambda s: [w for w in STATED if w in s])
)
MOMENTS = st.none() | st.just(NOW)


@given(CONTENTS, MOMENTS, CONTENTS, MOMENTS)
def test_the_same_content_has_the_same_digest_and_another_content_another(
    one: Content, came: object, other: Content, later: object
) -> None:
    same = digest(one, received_at=came) == digest(other, received_at=later)  # type: ignore[arg-type]
    assert same is ((one, came) == (other, later))


@given(CONTENTS)
def test_a_report_in_which_nothing_was_stated_keeps_the_digest_it_always_had(content: Content) -> None:
    before = [f"{NOW:%Y-%m-%dT%H:%M:%S.%fZ}", *content[:-1]]
    plain = content._replace(stated=[])
    assert digest(plain, received_at=NOW) == hashlib.sha256(orjson.dumps(before)).digest()


@given(st.text(max_size=100))
def test_what_is_stored_can_be_stored_again_as_it_is(text: str) -> None:
    kept = storable(text, "text")
    assert storable(kept, "text") == kept
    assert "\x00" not in kept
    kept.encode()


@given(st.lists(st.sampled_from(STATED), max_size=6))
def test_what_was_stated_is_kept_once_in_one_order(stated: list[str]) -> None:
    kept = checked_stated(stated)
    assert set(kept) == set(stated)
    assert kept == sorted(kept, key=STATED.index)


@pytest.mark.parametrize("field", LONGEST)
def test_each_field_has_its_length(field: str) -> None:
    assert storable("x" * LONGEST[field], field) == "x" * LONGEST[field]
    with pytest.raises(BadInput, match=f"The {field} has {LONGEST[field] + 1} characters"):
        storable("x" * (LONGEST[field] + 1), field)


@pytest.mark.parametrize("code", ["fr", "NL", "pt-br", "zh-hant"])
def test_a_language_is_kept_by_its_code(code: str) -> None:
    assert checked_language(code) == code.lower()


@pytest.mark.parametrize("code", ["", "français", "f", "fr nl", "fr-", "1"])
def test_what_is_no_code_of_a_language_is_refused(code: str) -> None:
    with pytest.raises(BadInput, match="no language code"):
        checked(channel="web", language=code, text="http://be.test/", remark="", stated=())
