"""A vault in a folder, its keys on record, for the tests of its rules."""

from pathlib import Path

import pytest

from tests.factories.vaults import AVault, a_vault
from tests.factories.world import World


@pytest.fixture
def kept(world: World, tmp_path: Path) -> AVault:
    return a_vault(tmp_path / "vault", world.now)
