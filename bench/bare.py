"""The peer of the public form: one view with one INSERT of what was sent, committed by itself, and one word back."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.accepting import ANSWER

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"


def insert(request: HttpRequest) -> HttpResponse:
    """Store the body."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_report (body) VALUES (%s)", [request.body])
    return HttpResponse(ANSWER, headers={"Content-Length": str(len(ANSWER))})


urlpatterns = [path("insert/", insert)]
application = get_wsgi_application()
