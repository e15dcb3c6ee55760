"""What is kept can be opened by those to whom it was sealed, and by nobody else."""

from uuid import uuid4

import pytest

from maillon.evidence.errors import Gone, NoRecipient, NotYours
from maillon.evidence.recipients import recipients, retire_recipient
from maillon.evidence.services import keep, open_object
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import acting
from tests.factories.chain import events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.vaults import FETCHER, AVault
from tests.factories.world import World


def test_what_was_kept_is_opened_as_it_was(world: World, kept: AVault) -> None:
    item = uuid4()
    [id] = kept.keep(item, [b"a neutral sentence"], world.now)
    assert open_object(object_id=id, vault=kept.vault, by=an_analyst(), at=world.now) == b"a neutral sentence"
    [told] = events("evidence_kept")
    assert told["item"] == item
    assert told["body"]["objects"] == 1
    assert sorted(told["body"]["recipients"]) == sorted(str(each.id) for each in kept.to())
