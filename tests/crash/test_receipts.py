"""`kill -9` of anything while people report: every receipt shown opens its report, none is stored twice or in half.

The long form, a thousand kills and fifty thousand receipts, is `make claims`.
"""

from tests.crash.runner_client import World
from tests.crash.storm import weather


def test_every_receipt_shown_opens_its_report_whatever_was_killed(durable: World) -> None:
    told = weather(durable, reporters=10, receipts=50, kills=6, within=30, steps=5, seed=1)
    assert told.promises_broken == []
    assert told.receipts >= 50
    assert min(told.kills.values()) > 0, told.kills
    assert told.durable == {
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on"
    }  # fmt: skip
