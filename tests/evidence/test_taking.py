"""What leaves the vault is opened by its recipients with any program that speaks age, and by nobody else."""

import hashlib
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pyrage
import pytest

from maillon.evidence.errors import Damaged, NotYours
from maillon.evidence.opening import identity_given
from maillon.evidence.taking import export, open_exported
from maillon.evidence.vault import Identity
from maillon.flow.reviewed import REVIEWED
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from tests.factories.chain import events
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.vaults import AVault
from tests.factories.world import World


def taken(world: World, kept: AVault, item: UUID, folder: Path) -> int:
    return export(
        about=item, vault=kept.vault, folder=folder, reason="asked by the police", by=an_operator(), at=world.now
    )


@pytest.mark.parametrize("kind", ["police", "prosecutor"])
def test_a_recipient_opens_an_export_with_age_alone(world: World, kept: AVault, tmp_path: Path, kind: str) -> None:
    item = uuid4()
    kept.keep(item, [b"one", b"two"], world.now)
    assert taken(world, kept, item, tmp_path / "out") == 2
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["item"] == str(item)
    found = set()
    for listed in manifest["objects"]:
        sealed = (tmp_path / "out" / listed["file"]).read_bytes()
        assert hashlib.sha256(sealed).hexdigest() == listed["encrypted_sha256"]
        [key] = [key for key in listed["keys"] if key["recipient"] == kind]
        assert key["to"] == str(kept.identities[kind].to_public())
        secret = pyrage.decrypt((tmp_path / "out" / key["file"]).read_bytes(), [kept.identities[kind]]).decode()
        found.add(pyrage.decrypt(sealed, [Identity.from_str(secret)]))
    assert found == {b"one", b"two"}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()}
    assert (modes, stat.S_IMODE((tmp_path / "out").stat().st_mode)) == ({0o600}, 0o700)


def test_an_export_is_opened_by_our_own_command_too(world: World, kept: AVault, tmp_path: Path) -> None:
    item = uuid4()
    kept.keep(item, [b"one"], world.now)
    taken(world, kept, item, tmp_path / "out")
    assert open_exported(tmp_path / "out", identity=kept.identities["police"], to=tmp_path / "in") == 1
    [file] = (tmp_path / "in").iterdir()
    assert (file.read_bytes(), file.suffix) == (b"one", ".warc")
    for kind in ("hotline", "nobody"):
        identity = kept.identities.get(kind) or Identity.generate()
        with pytest.raises(NotYours):
            open_exported(tmp_path / "out", identity=identity, to=tmp_path / kind)
    [sealed] = [path for path in (tmp_path / "out").glob("*.age") if ".key." not in path.name]
    sealed.write_bytes(sealed.read_bytes() + b"!")
    with pytest.raises(Damaged):
        open_exported(tmp_path / "out", identity=kept.identities["police"], to=tmp_path / "again")


def test_an_export_is_on_record_and_reviewed(world: World, kept: AVault, tmp_path: Path) -> None:
    item = uuid4()
    kept.keep(item, [b"one"], world.now)
    taken(world, kept, item, tmp_path / "out")
    [told] = events("evidence_exported")
    assert (told["item"], told["body"]["objects"], told["body"]["reason"]) == (item, 1, "asked by the police")
    assert {"evidence_exported", "evidence_rewrapped", "evidence_held"} <= REVIEWED


def test_an_export_needs_its_role_a_reason_a_new_folder_and_something_kept(
    world: World, kept: AVault, tmp_path: Path
) -> None:
    item = uuid4()
    kept.keep(item, [b"one"], world.now)
    words = {"about": item, "vault": kept.vault, "folder": tmp_path / "out", "at": world.now}
    for who in (an_analyst(), a_manager()):
        with pytest.raises(NotAllowed):
            export(reason="x", by=who, **words)  # type: ignore[arg-type]
    with refused(BadInput, "reason"):
        export(reason=" ", by=an_operator(), **words)  # type: ignore[arg-type]
    with refused(NotFound, "Nothing is kept"):
        export(reason="x", by=an_operator(), **{**words, "about": uuid4()})  # type: ignore[arg-type]
    assert events("evidence_exported") == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with refused(BadInput, "not empty"):
        export(reason="x", by=an_operator(), **{**words, "folder": tmp_path / "full"})  # type: ignore[arg-type]


@contextmanager
def refused(kind: type[Exception], word: str) -> Iterator[None]:
    with pytest.raises(kind, match=word):
        yield


def test_an_identity_is_read_as_age_keygen_writes_it(tmp_path: Path) -> None:
    identity, file = Identity.generate(), tmp_path / "key.txt"
    file.write_text(f"# created: 2026-01-01\n# public key: {identity.to_public()}\n{identity}\n")
    assert str(identity_given(file)) == str(identity)
    for wrong in ("", "age1nothing", "AGE-SECRET-KEY-1QQ"):
        file.write_text(wrong)
        with refused(BadInput, "age identity"):
            identity_given(file)
