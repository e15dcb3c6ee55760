"""What a magistrate decided, as a document in French or Dutch: an order, its extension or its lifting, a
refusal.

An order to a provider says what article 9 of the Digital Services Act asks for: the legal basis, the reasons with the
provision, who gives it, the exact addresses, redress, whom to inform, how far it reaches. A provision that nobody has
read is marked as such, here as everywhere.
"""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime

from maillon.authority.decision.documents.rendering import Page, Section, render, section
from maillon.authority.decision.policy import provision
from maillon.kernel.clock import BRUSSELS
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, one

ITEM = """
SELECT i.url, i.canonical, f.name AS office FROM items_item i
JOIN access_organisation f ON f.house = i.house AND f.id = %s WHERE i.id = %s
"""


@cache
def _texts(language: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))[language]
    return found


def order_document(
    request: Row, *, number: str, words: str, until: datetime, before: Row | None, by: Actor, at: datetime
) -> bytes:
    """The PDF of a written order; `before` is the approval by telephone that it replaces."""
    return render(order_page(request, number=number, words=words, until=until, before=before, by=by, at=at), at=at)


def order_page(
    request: Row, *, number: str, words: str, until: datetime, before: Row | None, by: Actor, at: datetime
) -> Page:
    """What it says."""
    paper = _Paper(request, "order", by, at)
    said, kind = paper.texts, paper.common[request["kind"]]
    reasons = [said["reasons_words"].format(offence=paper.provision("offence")), words]
    if before is not None:
        given = paper.moment(before["given_at"])
        reasons.append(said["replaces"].format(date=given, number=before["number"]))
    basis = said["basis_words"].format(power=paper.provision(request["kind"]), content=paper.provision("order_content"))
    return paper.page(
        number,
        [(paper.common["kind"], kind), (paper.common["end"], paper.moment(until))],
        section(said["basis"], basis),
        section(said["reasons"], *reasons),
        paper.place(),
        section(said["measure"], said["measure_words"].format(kind=kind, until=paper.moment(until))),
        section(said["scope"], said[f"scope_{request['kind']}"]),
        section(said["redress"], said["redress_words"].format(redress=paper.provision("redress"))),
        section(said["inform"], said["inform_words"].format(office=paper.office)),
    )


def refusal_document(request: Row, *, words: str, by: Actor, at: datetime) -> bytes:
    """The PDF of a refusal."""
    paper = _Paper(request, "refusal", by, at)
    said, kind = paper.texts, paper.common[request["kind"]]
    asked = said["asked_words"].format(date=paper.moment(request["requested_at"]), kind=kind)
    page = paper.page(
        str(request["id"]),
        [(paper.common["kind"], kind)],
        section(said["asked"], asked),
        section(said["reasons"], words),
        paper.place(),
        section(said["effect"], said["effect_words"]),
    )
    return render(page, at=at)


def lift_document(request: Row, order: Row, *, words: str, by: Actor, at: datetime) -> bytes:
    """The PDF of the lifting of an order."""
    paper = _Paper(request, "lift", by, at)
    said, kind = paper.texts, paper.common[request["kind"]]
    lifted = said["lifted_words"].format(number=order["number"], date=paper.moment(order["given_at"]), kind=kind)
    page = paper.page(
        order["number"],
        [(paper.common["kind"], kind)],
        section(said["lifted"], lifted),
        section(said["reasons"], words),
        paper.place(),
        section(said["effect"], said["effect_words"].format(office=paper.office)),
    )
    return render(page, at=at)


def extension_document(request: Row, order: Row, *, words: str, until: datetime, by: Actor, at: datetime) -> bytes:
    """The PDF by which an order is in force until a later moment, `until`."""
    paper = _Paper(request, "extension", by, at)
    said, kind = paper.texts, paper.common[request["kind"]]
    extended = said["extended_words"].format(
        number=order["number"], date=paper.moment(order["given_at"]), kind=kind,
        before=paper.moment(order["until"]), until=paper.moment(until),
    )  # fmt: skip
    page = paper.page(
        order["number"],
        [(paper.common["kind"], kind), (paper.common["end"], paper.moment(until))],
        section(said["extended"], extended),
        section(said["reasons"], words),
        paper.place(),
        section(said["effect"], said["effect_words"].format(office=paper.office)),
    )
    return render(page, at=at)


class _Paper:
    """What every decision has: its language, its office, its item, whoever gives it and when."""

    def __init__(self, request: Row, what: str, by: Actor, at: datetime) -> None:
        found = one(ITEM, [request["office"], request["item_id"]])
        assert found is not None
        self.language = request["language"]
        self.common = _texts(self.language)
        self.texts: dict[str, str] = self.common[what]
        self.office: str = found["office"]
        self.by, self.at, self._item = by, at, found

    def page(self, number: str, facts: list[tuple[str, str]], *sections: Section) -> Page:
        """The whole of it."""
        common, moment = self.common, self.moment(self.at)
        about = [(common["number"], number), (common["date"], moment), (common["magistrate"], self.by.name)]
        return Page(
            language=self.language,
            office=self.office,
            title=self.texts["title"],
            subtitle=self.texts["subtitle"],
            number=number,
            facts=[*about, *facts],
            sections=list(sections),
            signed=common["signed"].format(date=moment, magistrate=self.by.name, office=self.office),
            signature=common["signature"],
        )

    def place(self) -> Section:
        """The exact addresses: as it was given, and as it is read where that differs."""
        given = dict.fromkeys((self._item["url"], self._item["canonical"]))
        return section(self.texts["place"], self.texts["place_words"], addresses=tuple(given))

    def provision(self, purpose: str) -> str:
        """The provision of the day in full, marked where nobody has read it."""
        row = provision(purpose, self.at)
        said: str = row.fields[self.language]
        return said if row.basis == "read" else self.common["unread"].format(provision=said)

    def moment(self, at: datetime) -> str:
        """A moment in Brussels, in words."""
        said = format_datetime(at.astimezone(BRUSSELS), self.common["moment"], locale=f"{self.language}_BE")
        return str(self.common["hour"].format(moment=said))
