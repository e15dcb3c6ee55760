"""Archives are told member by member, whatever they are made of; what is wrong with one has a name."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from maillon.decoding.archives import Form, Left, Unreadable, Why, members, sniff

FILES = {"a": b"", "folder/é": b"one" * 1000, "b": bytes(range(256)) * 9000}
BLOCK = tarfile.BLOCKSIZE


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.mkdir("empty")
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def read(body: bytes, left: Left | None = None) -> tuple[dict[str, bytes | Why | None], Why | None]:
    """The members and their bytes, or why not; and why the archive was not read to its end."""
    file = os.memfd_create("test")
    found: dict[str, bytes | Why | None] = {}
    try:
        os.write(file, body)
        form = sniff(body[:512])
        assert form is not None
        for member in members(file, form, left or Left.of(len(body))):
            found[member.name] = member.refused
            if member.refused is None:
                try:
                    found[member.name] = b"".join(member.pieces())
                except Unreadable as error:
                    if error.why is Why.BOMB:
                        raise
                    found[member.name] = error.why
    except Unreadable as error:
        return found, error.why
    finally:
        os.close(file)
    return found, None


@pytest.mark.parametrize(
    "body",
    [zipped(FILES), zipped(FILES, zipfile.ZIP_LZMA), tarred(FILES), tarred(FILES, "w:gz"), tarred(FILES, "w:bz2"),
     tarred(FILES, "w:xz")],
)  # fmt: skip
def test_every_file_in_it_is_told_and_nothing_else(body: bytes) -> None:
    assert read(body) == (FILES, None)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_compressed_and_no_tar_is_one_member_without_a_name(pack: Callable[[bytes], bytes]) -> None:
    assert read(pack(FILES["b"])) == ({"": FILES["b"]}, None)


def test_what_is_not_read_is_passed_over() -> None:
    file = os.memfd_create("test")
    os.write(file, tarred(FILES, "w:gz"))
    found = [b"".join(m.pieces()) if m.name == "b" else None for m in members(file, Form.GZIP, Left.of(1))]
    os.close(file)
    assert found == [None, None, FILES["b"]]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (zipped(FILES)[:-30], Why.CORRUPT),
        (tarred(FILES, "w:gz")[:-9000], Why.TRUNCATED),
        (tarred(FILES)[:100_000], Why.TRUNCATED),  # in a member
        (tarred(FILES)[:5560], Why.TRUNCATED),  # in a header, which the library takes for the end
        (tarred(FILES)[: 10 * BLOCK], Why.TRUNCATED),  # before a header: likewise
        (tarred(FILES)[: 10 * BLOCK] + b"no header" * 1000, Why.CORRUPT),
        (b"7z\xbc\xaf\x27\x1c" + bytes(600), Why.UNSUPPORTED),
    ],
)
def test_an_archive_that_is_damaged_says_so_after_what_is_whole(body: bytes, why: Why) -> None:
    found, said = read(body)
    assert said is why
    whole = {name: body for name, body in found.items() if isinstance(body, bytes)}
    assert whole.items() <= FILES.items()
    assert found.keys() - whole.keys() <= {"b"}


def test_a_member_that_cannot_be_read_does_not_hide_the_next() -> None:
    whole = bytearray(zipped({"one": b"1" * 50, "two": b"2" * 50, "three": b"3" * 50}, zipfile.ZIP_STORED))
    whole[whole.index(b"1" * 50)] ^= 1  # its sum is wrong
    for start, size, flags in ((b"PK\x03\x04", 30, 6), (b"PK\x01\x02", 46, 8)):
        (at,) = (n for n in range(len(whole)) if whole[n:].startswith(start) and whole[n + size :].startswith(b"two"))
        whole[at + flags] |= 1  # says that it is encrypted
    assert read(bytes(whole)) == ({"one": Why.CORRUPT, "two": Why.ENCRYPTED, "three": b"3" * 50}, None)


@pytest.mark.parametrize(
    "body",
    [zipped({"zeros": bytes(8 << 20)}), tarred({"zeros": bytes(8 << 20)}, "w:xz"), gzip.compress(bytes(8 << 20))],
)
def test_a_bomb_is_left_after_what_is_believed(body: bytes) -> None:
    _, why = read(body, Left(1 << 20))
    assert why is Why.BOMB


def test_so_many_members_are_no_archive() -> None:
    found, why = read(zipped({str(n): b"" for n in range(100)}), Left(1 << 20, 10))
    assert (len(found), why) == (10, Why.BOMB)


def test_a_header_that_promises_gigabytes_costs_none() -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 6 << 30
    _, why = read(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20)))
    assert why is Why.TOO_LARGE


@pytest.mark.parametrize("head", [b"", b"\xff\xd8\xff\xe0", b"plain text", bytes(512), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_archive_is_none(head: bytes) -> None:
    assert sniff(head) is None
