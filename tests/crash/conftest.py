"""One installation for each process of a run; each test begins with it as new."""

from collections.abc import Iterator

import pytest

from maillon.ops import embedded
from tests import server
from tests.crash.installation import installed
from tests.crash.runner_client import World, runner_in

FAST = ("fsync=off",)


@pytest.fixture(scope="session")
def founded() -> Iterator[World]:
    if server.binaries() is not None:
        pytest.skip("commands start and restart the embedded server; these tests ran on it already")
    with installed(FAST) as here, runner_in(here) as runner:
        here.keep_as("new")
        yield World(here, runner)


@pytest.fixture
def world(founded: World) -> World:
    founded.here.go_back_to("new")
    return founded


@pytest.fixture
def durable(world: World) -> Iterator[World]:
    """The world on a server with the settings of a real installation."""
    embedded.stop(world.here.home)
    embedded.ensure_running(world.here.home)
    yield world
    embedded.stop(world.here.home)
    embedded.ensure_running(world.here.home, FAST)
