"""Event bodies are canonical JSON (RFC 8785), byte for byte what the reference library writes."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from maillon.kernel.errors import BadInput
from maillon.outbox.canonical import LARGEST, canonical

TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
    max_leaves=30,
)


@given(value=VALUES)
def test_the_bytes_are_those_of_the_reference(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [LARGEST + 1, -LARGEST - 1, 0.5, {"é": 1}, {1: "a"}, b"bytes", [{"a": {1, 2}}]], ids=repr
)
def test_what_lies_outside_the_domain_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        canonical(value)
