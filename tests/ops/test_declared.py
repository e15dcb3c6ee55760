"""Nothing is asked of the program that does not say what it takes: what says nothing stops it at start-up."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from maillon.access.permissions import ROLES, Permission
from maillon.ops.declaring import Undeclared, refuse_silent
from maillon.ops.starting import declared

SERVE = (sys.executable, "-m", "maillon.ops.cli", "serve")
SITE = (sys.executable, "-c", "import maillon.web.wsgi")


def start(words: tuple[str, ...], home: Path, what: str) -> subprocess.CompletedProcess[str]:
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("MAILLON_", "DJANGO_", "DATABASE_"))}
    settings = {"MAILLON_HOME": str(home), "UNDECLARED": what, "DJANGO_SETTINGS_MODULE": "tests.ops.undeclared"}
    return subprocess.run(
        words, env={**clean, **settings, "PYTHONPATH": os.pathsep.join(["src", ".", *sys.path])},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(("what", "said"), [("page", "The address /bare/"), ("command", "maillon bare")])
def test_the_program_does_not_start_with_what_declares_no_permission(tmp_path: Path, what: str, said: str) -> None:
    done = start(SERVE, tmp_path / "home", what)
    assert done.returncode == 1
    assert done.stderr.startswith(f"maillon: {said} declares no permission")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "home" / "postgres").exists()


def test_no_server_of_any_make_serves_a_page_that_declares_no_permission(tmp_path: Path) -> None:
    done = start(SITE, tmp_path / "home", "page")
    assert done.returncode == 1
    assert "The address /bare/ declares no permission." in done.stderr


def test_every_command_says_what_it_takes() -> None:
    said = declared()
    assert len(said) > 30
    for words, taken in said.items():
        if isinstance(taken, str):
            assert " " in taken, words
        else:
            assert taken, words
            assert all(any(permission in held for held in ROLES.values()) for permission in taken), words
    assert said["items"] == (Permission.LIST_ITEMS,)


def test_a_group_is_refused_for_the_one_that_says_nothing() -> None:
    group = click.Group("group", commands={"bare": click.Command("bare", callback=lambda: None)})
    with pytest.raises(Undeclared, match="maillon group bare"):
        refuse_silent("group", group)
