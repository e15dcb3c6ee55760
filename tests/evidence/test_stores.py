"""A folder and an S3 service keep the same promises."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import boto3
import pytest

from maillon.evidence.bucket import BucketStore
from maillon.evidence.errors import Gone, StoreFailed
from maillon.evidence.folder import FolderStore
from maillon.evidence.store import Store
from maillon.kernel import crash
from maillon.settings import Bucket

STORES = ("folder", "bucket", "versioned")
A, B, C = (sha256(word).hexdigest() for word in (b"a", b"b", b"c"))
SOON = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, a_bucket: Callable[..., BucketStore]) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "vault")
    return a_bucket(versioned=request.param == "versioned")


def test_what_is_put_is_got_listed_and_deleted(store: Store) -> None:
    assert list(store.list()) == []
    large = bytes(range(256)) * 40_000
    for name, data in ((A, b""), (B, b"short"), (C, large)):
        store.put(name, data)
    assert (store.get(A), store.get(B), store.get(C)) == (b"", b"short", large)
    assert {each.name: each.size for each in store.list()} == {A: 0, B: 5, C: len(large)}
    assert all(timedelta(0) <= each.at - datetime.now(UTC) + timedelta(hours=1) for each in store.list())  # noqa: TID251
    store.put(B, b"other")
    assert store.get(B) == b"other"
    store.delete([A, C, "0" * 64])
    assert [each.name for each in store.list()] == [B]
    with pytest.raises(Gone):
        store.get(A)


def test_nothing_is_left_of_a_former_version(a_bucket: Callable[..., BucketStore], s3: str) -> None:
    store = a_bucket(versioned=True)
    store.put(A, b"first")
    store.put(A, b"second")
    store.delete([A])
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    found = client.list_object_versions(Bucket=store.place.bucket)
    assert (found.get("Versions", []), found.get("DeleteMarkers", [])) == ([], [])


def test_a_vault_that_does_not_answer_says_so(s3: str, a_bucket: Callable[..., BucketStore], tmp_path: Path) -> None:
    a_bucket()
    with pytest.raises(StoreFailed, match="NoSuchBucket"):
        BucketStore(Bucket("no-such-bucket", "", s3, "us-east-1")).put(A, b"x")
    (tmp_path / "vault").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreFailed, match="cannot be written"):
        FolderStore(tmp_path / "vault").put(A, b"x")


def test_files_of_the_vault_are_its_owners_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "vault")
    store.put(A, b"x")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "vault", *(tmp_path / "vault").rglob("*"))}
    assert modes == {0o700, 0o600}


def test_a_put_that_ends_in_the_middle_leaves_no_object(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "vault")
    draft = store.root / A[:2] / f"{A}.0123.part"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"hal")
    assert list(store.list()) == []
    with pytest.raises(Gone):
        store.get(A)
    assert (store.tidy(datetime(2001, 1, 1, tzinfo=UTC)), store.tidy(SOON), draft.exists()) == (0, 1, False)


def test_a_put_that_fails_leaves_nothing_at_all(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "vault")

    def full(name: str) -> None:
        if name == "vault: drafted":
            raise OSError(28, "No space left on device")

    crash.install(full)
    try:
        with pytest.raises(StoreFailed, match="No space left"):
            store.put(A, b"x")
    finally:
        crash.install(None)
    assert [path for path in store.root.rglob("*") if path.is_file()] == []
