"""The form's token."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.web.reporter.tokens import LIFE, Token, new_token, read_token, renewed

unhurried = settings(deadline=None)

START = 1_000_000.0
DRAW = random.Random(1).randbytes


def test_a_token_is_read_as_it_was_made_and_no_two_are_the_same() -> None:
    tokens = [new_token(DRAW, START) for _ in range(100)]
    assert [read_token(token.text) for token in tokens] == tokens
    assert len({token.form for token in tokens}) == 100
    assert all(len(token.form) == 22 for token in tokens)


def test_a_token_is_good_for_a_day_and_never_before_it_was_made() -> None:
    token = new_token(DRAW, START)
    assert token.fresh(START)
    assert token.fresh(START + LIFE - 1)
    assert not token.fresh(START + LIFE)
    assert not token.fresh(START - 1)


def test_a_renewed_token_is_good_again_and_names_the_same_form() -> None:
    token = new_token(DRAW, START)
    again = renewed(token, START + 2 * LIFE)
    assert again.form == token.form
    assert again.fresh(START + 2 * LIFE)


@unhurried
@given(st.text())
def test_nobody_writes_a_token(text: str) -> None:
    assert read_token(text) is None


@unhurried
@given(st.integers(min_value=-(10**6), max_value=10**6).filter(bool))
def test_nobody_makes_a_token_younger(seconds: int) -> None:
    token = new_token(DRAW, START)
    signature = token.text.rpartition(":")[2]
    assert read_token(f"{token.form}.{token.made + seconds}:{signature}") is None
    assert read_token(Token(token.form, token.made).text) == token
