"""The figures again, in plain Python over every row: slow, and written without a look at the statements."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from maillon.outbox.sql import Row
from tests.factories.chain import read

BRUSSELS = ZoneInfo("Europe/Brussels")


class Reference:
    """What the figures of a period must be."""

    def __init__(self, first: date, last: date, house: str = "hotline") -> None:
        self.all_reports = read("SELECT * FROM intake_report", (), house)
        self.reports = [r for r in self.all_reports if first <= day(r) <= last]
        self.links = read("SELECT * FROM intake_report_location", (), house)
        self.by_id = {i["id"]: i for i in read("SELECT * FROM items_item", (), house)}
        self.items = {i["id"]: i for report in self.reports for i in self.of(report)}

    def of(self, report: Row) -> list[Row]:
        return [self.by_id[link["item_id"]] for link in self.links if link["report_id"] == report["id"]]

    def outcome(self, report: Row) -> str:
        verdicts = {item["verdict"] for item in self.of(report)}
        return "illegal" if "illegal" in verdicts else "open" if "" in verdicts else "not_illegal"

    def counts(self) -> dict[str, Any]:
        illegal = [i for i in self.items.values() if i["verdict"] == "illegal"]
        ends = [self.outcome(report) for report in self.reports]
        return {
            "reports": len(self.reports),
            "illegal": ends.count("illegal"),
            "hosted_in_belgium": len({i["site_id"] for i in illegal if i["country"] == "BE"}),
            "items": len(self.items),
            "sites": len({i["site_id"] for i in self.items.values()}),
            "items_illegal": len(illegal),
            "by_month": self.split("month", lambda report: f"{day(report):%Y-%m}"),
            "by_source": self.split("source", lambda report: str(report["channel"])),
            "by_outcome": {name: ends.count(name) for name in ("illegal", "not_illegal", "open")},
        }

    def split(self, name: str, key: Any) -> list[dict[str, Any]]:
        return [
            {
                name: found,
                "reports": sum(key(r) == found for r in self.reports),
                **{
                    outcome: sum(key(r) == found and self.outcome(r) == outcome for r in self.reports)
                    for outcome in ("illegal", "not_illegal", "open")
                },
            }
            for found in sorted({key(report) for report in self.reports})
        ]


def day(report: Row) -> date:
    found: date = report["received_at"].astimezone(BRUSSELS).date()
    return found


def middle(values: list[int]) -> int:
    """The smallest value that half of them do not exceed."""
    return sorted(values)[(len(values) - 1) // 2]
