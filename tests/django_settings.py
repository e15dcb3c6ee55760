"""Django for the tests: the same settings, on the run's own server."""

from tests.server import settle

settle()

from maillon.django_settings import *  # noqa: E402, F403  (read after the environment is settled)
