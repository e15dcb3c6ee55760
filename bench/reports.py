"""Reports on names of the bench's zone, received by the service itself. Needs Django loaded."""

from datetime import UTC, datetime

from maillon.access.queries import find_actor
from maillon.hotline.intake.services import NewReport, receive_reports
from maillon.items.addresses import find

AT = datetime(2024, 5, 13, 10, tzinfo=UTC)
BATCH = 1000


def receive(count: int, *, scheme: str = "https") -> None:
    """`count` reports, each on one page of a site of its own, `n<number>.bench.test`."""
    by = find_actor(house="hotline", name="operator")
    for start in range(0, count, BATCH):
        batch = [_report(number, scheme) for number in range(start, min(start + BATCH, count))]
        receive_reports(reports=batch, by=by, at=AT)


def _report(number: int, scheme: str) -> NewReport:
    url = f"{scheme}://n{number}.bench.test/page"
    return NewReport(
        reference=f"B-{number}",
        received_at=AT,
        channel="web",
        language="en",
        text=url,
        remark="",
        locations=tuple(find(url).locations),
    )
