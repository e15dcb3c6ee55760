"""A receipt is unguessable, the same for the same form, and read however people write it."""

from hypothesis import assume, given
from hypothesis import strategies as st

from maillon.hotline.intake.receipts import (
    ALPHABET,
    DRAWN,
    hash_receipt,
    holds_receipt,
    new_receipt,
    read_receipt,
    receipt_keys,
)

SECRET = b"s" * 32
TOKENS = st.text(min_size=1, max_size=40)


@given(TOKENS, TOKENS)
def test_the_same_form_gives_the_same_receipt_and_another_form_another(token: str, other: str) -> None:
    assert new_receipt(SECRET, token) == new_receipt(SECRET, token)
    assert (new_receipt(SECRET, token) == new_receipt(SECRET, other)) is (token == other)
    assert new_receipt(b"another secret", token) != new_receipt(SECRET, token)


@given(TOKENS)
def test_a_receipt_is_four_groups_of_five_and_holds_95_bits(token: str) -> None:
    receipt = new_receipt(SECRET, token)
    assert [len(group) for group in receipt.split("-")] == [5, 5, 5, 5]
    assert set(receipt) <= {*ALPHABET, "-"}
    assert 5 * DRAWN == 95


def test_every_character_of_a_receipt_can_be_any_of_the_alphabet() -> None:
    receipts = [new_receipt(SECRET, str(n)).replace("-", "") for n in range(2000)]
    assert [set(place) for place in zip(*receipts, strict=True)] == [set(ALPHABET)] * (DRAWN + 1)
    assert len(set(receipts)) == 2000


@given(TOKENS, st.lists(st.sampled_from([" ", "-", "–", "_", ".", "\n", ""]), min_size=20, max_size=20), st.booleans(),
       st.booleans())  # fmt: skip
def test_a_receipt_is_read_however_it_is_typed(token: str, between: list[str], small: bool, letters: bool) -> None:
    receipt = new_receipt(SECRET, token)
    typed = "".join(c + gap for c, gap in zip(receipt.replace("-", ""), between, strict=True))
    if letters:
        typed = typed.replace("0", "O").replace("1", "I", 1).replace("1", "L")
    assert read_receipt(typed.lower() if small else typed) == receipt


@given(TOKENS, st.integers(0, DRAWN), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_noticed(token: str, place: int, wrong: str) -> None:
    plain = new_receipt(SECRET, token).replace("-", "")
    assume(plain[place] != wrong)
    assert read_receipt(plain[:place] + wrong + plain[place + 1 :]) is None


@given(TOKENS, st.integers(0, DRAWN), st.integers(0, DRAWN))
def test_any_two_characters_swapped_are_noticed(token: str, one: int, other: int) -> None:
    plain = list(new_receipt(SECRET, token).replace("-", ""))
    assume(plain[one] != plain[other])
    plain[one], plain[other] = plain[other], plain[one]
    assert read_receipt("".join(plain)) is None


@given(st.text())
def test_what_is_no_receipt_is_none(text: str) -> None:
    read = read_receipt(text)
    assert read is None or read_receipt(read) == read


@given(TOKENS)
def test_the_hash_needs_the_key_and_is_that_of_no_other_receipt(token: str) -> None:
    receipt, other = new_receipt(SECRET, token), new_receipt(SECRET, token + "x")
    assert len(hash_receipt(b"key", receipt)) == 32
    assert len({hash_receipt(b"key", receipt), hash_receipt(b"other", receipt), hash_receipt(b"key", other)}) == 3


@given(TOKENS, st.text(max_size=30), st.text(max_size=30))
def test_a_receipt_inside_a_text_is_seen_however_it_is_written(token: str, before: str, after: str) -> None:
    receipt = new_receipt(SECRET, token)
    for written in (receipt, receipt.lower(), receipt.replace("-", " "), receipt.replace("-", "")):
        assert holds_receipt(f"{before} {written} {after}", receipt)
    assert not holds_receipt(new_receipt(SECRET, token + "x"), receipt)


def test_both_keys_follow_from_the_secret_and_from_nothing_else() -> None:
    keys = receipt_keys("a secret of an installation")
    assert keys == receipt_keys("a secret of an installation")
    assert len({*keys, *receipt_keys("another secret")}) == 4
