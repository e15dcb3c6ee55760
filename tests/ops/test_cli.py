"""The command: help without a database, one line for a mistake, exit code 0 only on success."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maillon.ops import cli, embedded
from maillon.ops.doctor import Level

NAMES = cli.maillon.list_commands(cli.click.Context(cli.maillon))


def run(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAILLON_", "DJANGO_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "maillon.ops.cli", *arguments],
        env={**clean, "MAILLON_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> object:
    path = tmp_path_factory.mktemp("cli") / "home"
    yield path
    embedded.stop(path)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_without_a_database(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: maillon {name}")


@pytest.mark.parametrize(
    ("arguments", "environ", "word", "code"),
    [
        (("nonsense",), {}, "nonsense", 2),
        (("settings", "--nonsense"), {}, "--nonsense", 2),
        (("settings",), {"MAILLON_WORKERS": "many"}, "MAILLON_WORKERS", 1),
        (("migrate",), {"DATABASE_URL": "postgresql://maillon@/maillon?host=/nonexistent"}, "MAILLON_OWNER_URL", 1),
        (("items",), {"DATABASE_URL": "postgresql://maillon@/maillon?host=/nonexistent"}, "does not answer", 1),
    ],
)
def test_a_mistake_is_one_line(
    home: Path, arguments: tuple[str, ...], environ: dict[str, str], word: str, code: int
) -> None:
    done = run(home, *arguments, **environ)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("maillon: ")
    assert done.stderr.count("\n") == 1
    assert word in done.stderr


def test_a_home_is_migrated_once_and_a_doctor_finds_no_problem(home: Path) -> None:
    first, second = run(home, "migrate"), run(home, "migrate")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert second.stdout == "The tables are up to date.\n"
    examined = run(home, "doctor", "--json")
    assert examined.returncode == 0, examined.stdout
    levels = {finding["check"]: finding["level"] for finding in json.loads(examined.stdout)}
    assert levels["durability"] == levels["roles"] == levels["migrations"] == Level.OK


def test_a_secret_that_others_may_read_is_a_problem(home: Path) -> None:
    (home / "keys" / "secret").chmod(0o644)
    examined = run(home, "doctor")
    (home / "keys" / "secret").chmod(0o600)
    assert examined.returncode == 1
    assert "chmod 600" in examined.stdout


def test_secrets_are_not_shown(home: Path) -> None:
    shown = run(home, "settings", DATABASE_URL="postgresql://maillon:hush@db.test/maillon").stdout
    assert "DATABASE_URL = (given)" in shown
    assert "hush" not in shown


def test_stop_stops_what_a_command_started(home: Path) -> None:
    embedded.ensure_running(home)
    assert run(home, "stop").stdout == "The embedded database is stopped.\n"
    assert not embedded.is_running(home)
