"""What a partner's program sends and is answered: the shapes of the API."""

import re
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from maillon.hotline.intake.batches import PartnerReport
from maillon.hotline.intake.policy import LONGEST, STATED

MOST = 1_000
"""Reports in one request."""
MOST_LOCATIONS = 100
LONGEST_ADDRESS = 8_000
REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.I)


def _moment(value: Any) -> Any:
    if isinstance(value, str) and _MOMENT.fullmatch(value) and "1990" <= value[:4] < "2100":
        return value
    raise ValueError("give a moment with its offset, such as 2026-03-03T11:00:00+01:00")


Address = Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS, pattern=r"\S")]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^(199[0-9]|20[0-9]{2})-"}),
]


class ReportIn(Schema):
    """One report, under the partner's own reference, by which sending it again is known."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"oneOf": [{"required": ["url"]}, {"required": ["locations"]}]}
    )

    reference: str = Field(pattern=REFERENCE, description="The partner's own name for the report; unique for it.")
    received_at: Moment | None = Field(
        default=None,
        description="When the partner received it, where it did: RFC 3339, with an offset, not later than now.",
    )
    language: str = Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$", description="Of the remark: fr, nl, de, en …")
    url: Address = Field(default="", description="The one address or handle.")
    locations: list[Address] = Field(
        default=[], min_length=1, max_length=MOST_LOCATIONS, description="Or several addresses or handles."
    )
    remark: str = Field(default="", max_length=LONGEST["remark"], description="What was said beside; no names.")
    stated: list[Literal[STATED]] = Field(default=[], max_length=len(STATED), description="What its author stated.")  # type: ignore[valid-type]

    @model_validator(mode="after")
    def one_of_both(self) -> "ReportIn":
        if bool(self.url) == bool(self.locations):
            raise ValueError("give either url or locations")
        return self

    def report(self) -> PartnerReport:
        """As the hotline takes it."""
        return PartnerReport(
            reference=self.reference,
            received_at=self.received_at,
            language=self.language.lower(),
            text=self.url or "\n".join(self.locations),
            remark=self.remark,
            stated=tuple(self.stated),
        )


def form_of(body: Any) -> str:
    """Which form a body takes."""
    return "many" if isinstance(body, list) else "one"


Payload = Annotated[
    Annotated[ReportIn, Tag("one")] | Annotated[list[ReportIn], Field(min_length=1, max_length=MOST), Tag("many")],
    Discriminator(form_of),
]
"""One report, or a list of them."""


class ReportOut(Schema):
    """What became of one report of the batch."""

    reference: str
    status: Literal["created", "known", "conflict"] = Field(
        description="known: stored before with this content; conflict: stored before with another, which stands."
    )


class BatchOut(Schema):
    """What became of the batch, in the order in which it was sent."""

    reports: list[ReportOut]


class Standing(Schema):
    """What became of a report."""

    reference: str
    received_on: str = Field(description="The day in Brussels.")
    outcome: Literal["received", "being_looked_at", "passed_on", "no_action", "no_longer_online", "unclear"]


class ErrorAt(Schema):
    """One error in the body that was sent."""

    pointer: str = Field(description="Where in the body (RFC 6901).")
    detail: str


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorAt] = Field(default=[])
