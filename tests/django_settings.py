"""Django for the tests: the same settings, on the run's own server, in the database of this process."""

from tests import server

server.settle()

from maillon.django_settings import *  # noqa: E402, F403  (read after the environment is settled)
from maillon.django_settings import DATABASES  # noqa: E402

for _entry in DATABASES.values():
    _entry["NAME"] = server.database()
PASSWORD_HASHERS = ["tests.hashing.Quick"]
