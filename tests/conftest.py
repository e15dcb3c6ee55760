"""What every test shares: the database of its process, emptied and with its houses founded before each test.

`houses` is the fixture to ask for. The marker `django_db` and the fixtures `db` and `transactional_db` mean the same:
nothing here is wrapped in a transaction that is rolled back, since services commit their own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from tests import server

if TYPE_CHECKING:
    from tests.factories.world import World


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The server of the run and the database of this process, made when the first test asks for it."""
    from tests import database

    with django_db_blocker.unblock():
        database.prepare()
    yield
    database.close()


@pytest.fixture
def houses(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database with the three houses as they were founded, and nothing else; everything committed is real."""
    from tests import database

    with django_db_blocker.unblock():
        database.refound()
        yield
        database.end_of_test()


@pytest.fixture
def world(houses: None, tmp_path: Path) -> "World":
    """Time that stands still until it is moved, a small internet, channels that are real."""
    from tests.factories.world import a_world

    return a_world(tmp_path / "outbox")


@pytest.fixture
def _django_db_helper(houses: None) -> None:
    """What pytest-django's marker and fixtures ask for."""


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process of the run takes its server down; the workers of xdist leave it."""
    if not hasattr(config, "workerinput"):
        server.end()
