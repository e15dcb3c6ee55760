from collections.abc import Iterator

import pytest

from maillon.decoding.pool import Decoders


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    """One decoding process for everything that does not harm it."""
    with Decoders(size=1) as pool:
        yield pool
