"""A file that is sent, in memory alone."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from maillon.api.problems import Refused

FILE_BYTES = 64 << 20


class Received:
    """A file in memory."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def close(self) -> None:
        """Nothing is open."""


class InMemory(FileUploadHandler):
    """Takes files into memory and nowhere else: what is sent must never lie on a disk, not for a moment."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._pieces: list[bytes] = []
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep it. Raises Refused beyond FILE_BYTES, over all files of the request."""
        self._size += len(raw_data)
        if self._size > FILE_BYTES:
            raise Refused(413, f"The file is too large; at most {FILE_BYTES >> 20} MiB are looked up.")
        self._pieces.append(raw_data)

    def file_complete(self, file_size: int) -> Any:
        """The whole file."""
        found, self._pieces = Received(b"".join(self._pieces)), []
        return found
