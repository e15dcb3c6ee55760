"""`maillon vault` on an installation: evidence is checked, held, handed over and opened by its recipient."""

import json
import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from tests.crash.runner_client import World
from tests.crash.vaulting import files

WHY = ("--reason", "asked by a magistrate")


@pytest.fixture(autouse=True)
def _empty_vault(world: World) -> None:
    shutil.rmtree(world.here.home / "vault", ignore_errors=True)


def said(world: World, *words: str) -> str:
    world.runner.finish(("vault", *words))
    return world.runner.said


def test_what_is_kept_is_checked_held_handed_over_and_opened(world: World, tmp_path: Path) -> None:
    item, home = str(uuid4()), world.here.home
    world.runner.finish(("act", "vault-keys"))
    keys = json.loads(said(world, "recipients", "--json"))
    assert [row["kind"] for row in keys] == ["hotline", "police", "prosecutor"]
    world.runner.finish(("act", "vault-keep", item))
    assert "2 objects, 6 keys" in said(world, "stats")
    assert "2 objects read, 0 missing, 0 changed" in said(world, "check")

    assert "2 objects" in said(world, "export", item, "--to", str(tmp_path / "out"), *WHY)
    identity = str(home / "keys" / "demo-vault-police.age")
    said(world, "open", str(tmp_path / "out"), "--identity", identity, "--to", str(tmp_path / "in"))
    assert {path.read_bytes() for path in (tmp_path / "in").iterdir()} == {b"one " * 100, b"two " * 100}
    own = str(home / "keys" / "vault-hotline.age")
    words = ("vault", "open", str(tmp_path / "out"), "--identity", own, "--to", str(tmp_path / "no"))
    assert world.runner.run(words)[0] == 1
    assert world.runner.said.startswith("maillon: This identity opens no key")

    world.runner.finish(("user", "add", "chief", "--organisation", "child-focus", "--role", "manager"))
    assert "stays" in said(world, "hold", item, "--review", "2099-01-01", *WHY, "--as", "chief")
    world.runner.finish(("act", "vault-purge"))
    assert len(files(home / "vault")) == 2
    said(world, "release", item, *WHY, "--as", "chief")
    world.runner.finish(("act", "vault-purge"))
    assert "0 objects purged" in said(world, "purge")
    assert files(home / "vault") == []
    assert '"tombstones": 2' in said(world, "stats", "--json")


def test_what_is_wrong_with_the_vault_is_said(world: World) -> None:
    world.runner.run(("doctor",))
    assert "maillon vault recipient add" in world.runner.said
    world.runner.finish(("act", "vault-keys"))
    world.runner.finish(("act", "vault-keep", str(uuid4())))
    first, second = files(world.here.home / "vault")
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    assert world.runner.run(("vault", "check"))[0] == 1
    assert "1 missing, 1 changed" in world.runner.said
    assert world.runner.run(("doctor",))[0] == 1
    assert "Objects of the evidence vault whose bytes are missing: 1" in world.runner.said
