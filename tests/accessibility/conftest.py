"""One world, one server and one browser for all tests of a file, made once in each process."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from tests import database
from tests.accessibility.looking import Visitor
from tests.accessibility.scene import Scene, a_scene, a_seer
from tests.factories.world import a_world
from tests.live import chromium, served


@dataclass
class Looking:
    """The site, what happened in it, and a browser; a visitor is made once and kept."""

    site: str
    browser: Browser
    scene: Scene
    visitors: dict[tuple[str, str, str], Visitor] = field(default_factory=dict)

    def visitor(self, house: str, role: str, language: str) -> Visitor:
        """A person of this role, or nobody where `role` is empty."""
        key = house, role, language
        if key not in self.visitors:
            actor = a_seer(house, role) if role else None
            self.visitors[key] = Visitor(self.browser, self.site, actor, language)
        return self.visitors[key]


@pytest.fixture(scope="module")  # a browser left open would hold the event loop of whatever comes next
def looking(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Looking]:
    urls = override_settings(ROOT_URLCONF="tests.accessibility.failing")
    with django_db_blocker.unblock(), urls:
        database.refound()
        scene = a_scene(a_world(tmp_path_factory.mktemp("outbox")))
        with served() as site, chromium() as browser:
            yield Looking(site, browser, scene)
