"""The log names where an error arose, and quotes nothing of what it was about."""

import logging
import sys

import pytest
from django.db import DataError

from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import run
from maillon.web.logs import Discreet

SECRET = "http://be.test/a-private-path"


def test_what_a_worker_logs_of_an_error_quotes_no_address(houses: None) -> None:
    with pytest.raises(DataError) as caught, acting(system_actor("hotline", "clock")):
        run("SELECT %s::timestamptz", [SECRET])
    assert SECRET in str(caught.value)  # PostgreSQL quotes what it cannot read
    try:
        raise RuntimeError(f"nothing came of {SECRET}") from caught.value
    except RuntimeError:
        said = ("%s: work of the kind %r failed", ("hotline", "located"), sys.exc_info())
    record = logging.LogRecord("maillon.work", logging.ERROR, __file__, 1, *said)
    assert Discreet().filter(record)
    logged = logging.Formatter().format(record)
    assert "hotline: work of the kind 'located' failed" in logged
    assert "DataError" in logged
    assert "RuntimeError" in logged
    assert SECRET not in logged
