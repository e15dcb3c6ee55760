"""Settings of an installation with one page, or one command, that says nothing of what it takes."""

import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from maillon.django_settings import *  # noqa: F403
from maillon.ops import commands


def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


if os.environ["UNDECLARED"] == "page":
    ROOT_URLCONF = "tests.ops.undeclared"
    urlpatterns = [path("bare/", show)]
else:
    commands.__path__.append(str(Path(__file__).parent / "bare"))
