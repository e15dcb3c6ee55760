"""Django for the bare view: the site's own settings and connections, without applications and middleware."""

from maillon.django_settings import *  # noqa: F403

INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare"
