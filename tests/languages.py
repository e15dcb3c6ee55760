"""Which languages a page is opened in with every change, and which are left to the long tests."""

import pytest

from maillon.languages import LANGUAGES

CODES = [language.code for language in LANGUAGES]


def in_languages(other: str) -> pytest.MarkDecorator:
    """A test of the first language and of this other one; the rest of them are long."""
    assert other in CODES[1:]
    return pytest.mark.parametrize(
        "language",
        [code if code in (CODES[0], other) else pytest.param(code, marks=pytest.mark.long) for code in CODES],
    )
