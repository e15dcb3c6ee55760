"""The site as a WSGI application. It does not start while a system check fails."""

import os

from django.core.management import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillon.django_settings")
application = get_wsgi_application()
BaseCommand().check()
