"""A store in a bucket of any S3 service: an object per object, under the setting's prefix."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from maillon.evidence.errors import Gone, StoreFailed
from maillon.evidence.store import NAME, Stored
from maillon.settings import Bucket

SECONDS = 30
MOST = 1000
"""Objects that one request may delete (the S3 protocol)."""


class BucketStore:
    """See `store.Store`. An S3 service keeps no half object: what it acknowledged is whole.

    Credentials come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`) or wherever else its own
    client looks. A bucket that keeps former versions has them deleted too; one that locks objects refuses to.
    """

    def __init__(self, place: Bucket) -> None:
        self.place = place
        self._prefix = f"{place.prefix}/" if place.prefix else ""

    @cached_property
    def _client(self) -> Any:
        place = self.place
        config = Config(
            connect_timeout=SECONDS, read_timeout=SECONDS, retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if place.endpoint else "auto"}, signature_version="s3v4",
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        )  # fmt: skip
        storage = S3Storage(
            bucket_name=place.bucket, endpoint_url=place.endpoint, region_name=place.region, client_config=config
        )
        return storage.connection.meta.client  # which threads may share

    def put(self, name: str, data: bytes) -> None:
        with self._failing():
            self._client.put_object(
                Bucket=self.place.bucket, Key=self._key(name), Body=data, ContentType="application/octet-stream"
            )

    def get(self, name: str) -> bytes:
        with self._failing():
            try:
                answer = self._client.get_object(Bucket=self.place.bucket, Key=self._key(name))
            except self._client.exceptions.NoSuchKey:
                raise Gone("The object is not in the vault; maillon vault check says what is missing.") from None
            return bytes(answer["Body"].read())

    def delete(self, names: Iterable[str]) -> None:
        with self._failing():
            left = iter([version for name in names for version in self._versions(self._key(name))])
            while batch := list(islice(left, MOST)):
                answer = self._client.delete_objects(Bucket=self.place.bucket, Delete={"Objects": batch, "Quiet": True})
                for error in answer.get("Errors", ()):
                    raise StoreFailed(f"{self._named} did not delete an object: {error['Code']}; mend its rights.")

    def list(self) -> Iterator[Stored]:
        with self._failing():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=self._prefix):
                for found in page.get("Contents", ()):
                    name = found["Key"][len(self._prefix) :]
                    if NAME.fullmatch(name):
                        yield Stored(name, found["Size"], found["LastModified"].astimezone(UTC))

    def tidy(self, before: datetime) -> int:
        return 0

    def _key(self, name: str) -> str:
        assert NAME.fullmatch(name), "a name of the vault has 64 hexadecimal digits"
        return self._prefix + name

    def _versions(self, key: str) -> Sequence[dict[str, str]]:
        """What must be deleted so that nothing of `key` is left."""
        if not self._versioned:
            return [{"Key": key}]
        pages = self._client.get_paginator("list_object_versions")
        return [
            {"Key": key, "VersionId": found["VersionId"]}
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=key)
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]

    @property
    def _versioned(self) -> bool:
        return "Status" in self._client.get_bucket_versioning(Bucket=self.place.bucket)

    @property
    def _named(self) -> str:
        return f"The S3 service of s3://{self.place.bucket}"

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            said = " ".join(str(error).split())
            raise StoreFailed(f"{self._named} refused or did not answer: {said}; see MAILLON_VAULT.") from error
