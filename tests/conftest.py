"""What every test shares: the server of the run, started when a test first asks for a database."""

import pytest

from tests import server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django asks for this before it makes the test database."""
    server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process of the run takes its server down; the workers of xdist leave it."""
    if not hasattr(config, "workerinput"):
        server.end()
