"""The accounts of the demo: plainly for the demo, named after what they do, never after a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One sign-in: its house, organisation and role, and what it is for in a line."""

    name: str
    house: str
    organisation: str
    role: str
    description: str

    @property
    def password(self) -> str:
        """The password that the demo prints; worth nothing outside it."""
        return f"demo-{self.name}"


POLICE_DESK = "police-desk"

ACCOUNTS = (
    Account(
        POLICE_DESK, "hotline", "federal-police", "police_assessor",
        "the police as an organisation, which assessed the reports of 2015 to 2017",
    ),
    Account("analyst-a", "hotline", "child-focus", "analyst", "gives first and second opinions"),
    Account("analyst-b", "hotline", "child-focus", "analyst", "gives first and second opinions"),
    Account("senior", "hotline", "child-focus", "senior_analyst", "settles where two opinions differ"),
    Account("manager", "hotline", "child-focus", "manager", "sees what is late and the year's figures"),
    Account("police-officer", "authority", "federal-police", "police_officer", "receives what is referred"),
)  # fmt: skip
