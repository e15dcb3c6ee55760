"""A vault in a folder, its keys on record; an S3 server with buckets of a test's own."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import boto3
import pytest

from maillon.evidence.bucket import BucketStore
from maillon.settings import Bucket
from tests.factories.vaults import AVault, a_vault
from tests.factories.world import World
from tests.s3server import s3_server

numbers = count(1)


@pytest.fixture
def kept(world: World, tmp_path: Path) -> AVault:
    return a_vault(tmp_path / "vault", world.now)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def a_bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BucketStore]:
    """Makes a store in a new bucket; `versioned` buckets keep what was overwritten or deleted."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-test")

    def make(*, versioned: bool = False) -> BucketStore:
        name = f"vault-{next(numbers)}"
        client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
        client.create_bucket(Bucket=name)
        if versioned:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return BucketStore(Bucket(name, "evidence", s3, "us-east-1"))

    return make
