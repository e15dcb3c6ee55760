"""`file`: a JSON document (partners/schemas/envelope.json) in a folder per partner, for those without an installation.

The file is named by the message's number and id and appears whole or not at all: written aside, flushed, renamed.
A partner with an age key gets it encrypted to that key (`.json.age`).
"""

import os
from datetime import datetime
from pathlib import Path

import orjson
import pyrage

from maillon.kernel.crash import point
from maillon.partners.channels import Channel, ChannelFailed, Partner, Surroundings
from maillon.partners.envelope import Envelope


class File:
    """Leave the message as a file for the partner to fetch. Sent again, it replaces itself."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._folder = surroundings.folder

    def reaches(self, partner: Partner) -> bool:
        return True

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        content = orjson.dumps(envelope.document(), option=orjson.OPT_INDENT_2) + b"\n"
        ending = ".json"
        if partner.recipient:
            content = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(partner.recipient)], armored=True)
            ending = ".json.age"
        folder = self._folder / envelope.sender / partner.id
        name = f"{envelope.epoch:03}-{envelope.number:08}-{envelope.kind}-{envelope.id}{ending}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(folder / name, content)
        except OSError as error:
            raise ChannelFailed(f"{folder} cannot be written: {error.strerror or error}.") from error
        return name


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    point("file: written aside")
    os.replace(aside, path)
    point("file: renamed")
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_channel(surroundings: Surroundings) -> Channel:
    return File(surroundings)
