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


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that a house of the demo knows beside those that it was founded with."""

    house: str
    id: str
    kind: str
    name: str
    language: str = "fr"


ORGANISATIONS = (
    Organisation("hotline", "inhope-nl", "partner_hotline", "INHOPE hotline, Netherlands", "nl"),
    Organisation("hotline", "welfare", "welfare", "Welfare service"),
    Organisation("hotline", "oversight", "oversight", "Oversight"),
    Organisation("authority", "federal-prosecutor", "federal_prosecutor", "Federal prosecutor's office"),
    Organisation("authority", "local-prosecutor", "local_prosecutor", "Local prosecutor's office"),
    Organisation("authority", "kestrel-hosting", "hosting_provider", "Kestrel Hosting"),
    Organisation("authority", "meadow-data", "hosting_provider", "Meadow Data", "nl"),
    Organisation("authority", "heron-access", "access_provider", "Heron Access"),
    Organisation("authority", "swift-access", "access_provider", "Swift Access", "nl"),
    Organisation("authority", "financial-investigators", "financial_investigators", "Financial investigators"),
    Organisation("authority", "international-desk", "international_desk", "International desk"),
    Organisation("authority", "oversight", "oversight", "Oversight"),
    Organisation("care", "oversight", "oversight", "Oversight"),
)
"""The networks of the demo that stand in Belgium are its hosting providers; its access providers are made up too."""

POLICE_DESK = "police-desk"

HOTLINE = (
    Account(
        POLICE_DESK, "hotline", "federal-police", "police_assessor",
        "the police as an organisation, which assessed the reports of 2015 to 2017",
    ),
    Account("analyst-a", "hotline", "child-focus", "analyst", "gives first and second opinions"),
    Account("analyst-b", "hotline", "child-focus", "analyst", "gives first and second opinions"),
    Account("senior", "hotline", "child-focus", "senior_analyst", "settles where two opinions differ"),
    Account("manager", "hotline", "child-focus", "manager", "sees what is late and the year's figures"),
    Account("welfare", "hotline", "welfare", "welfare_officer", "looks after the analysts"),
    Account("hotline-nl", "hotline", "inhope-nl", "portal_partner", "a hotline abroad, in the portal"),
    Account("oversight-hotline", "hotline", "oversight", "oversight", "reviews the weekly sample of the hotline"),
)  # fmt: skip
AUTHORITY = (
    Account("police-officer", "authority", "federal-police", "police_officer", "receives what is referred, and asks"),
    Account("coordinator", "authority", "federal-police", "police_coordinator", "passes matters to units"),
    Account("local-officer", "authority", "local-police", "local_police_officer", "sees what was passed to its zone"),
    Account("magistrate-fr", "authority", "federal-prosecutor", "magistrate", "decides, in French"),
    Account("magistrate-nl", "authority", "federal-prosecutor", "magistrate", "decides, in Dutch"),
    Account("clerk", "authority", "federal-prosecutor", "prosecutor_clerk", "reads decisions and the register"),
    Account("magistrate-local", "authority", "local-prosecutor", "magistrate", "decides on what lies before it"),
    Account("kestrel", "authority", "kestrel-hosting", "portal_partner", "a hosting provider, in the portal"),
    Account("meadow", "authority", "meadow-data", "portal_partner", "a hosting provider, in the portal"),
    Account("heron", "authority", "heron-access", "portal_partner", "an access provider, in the portal"),
    Account("swift", "authority", "swift-access", "portal_partner", "an access provider, in the portal"),
    Account(
        "financial", "authority", "financial-investigators", "financial_investigator", "sees what was passed to it"
    ),
    Account("international", "authority", "international-desk", "international_officer", "reads what went abroad"),
    Account("oversight-authority", "authority", "oversight", "oversight", "reviews the weekly sample of the authority"),
)  # fmt: skip
CARE = (
    Account("care-worker", "care", "care-desk", "care_worker", "follows up"),
    Account("oversight-care", "care", "oversight", "oversight", "reviews the weekly sample of the care centre"),
)

ACCOUNTS = (*HOTLINE, *AUTHORITY, *CARE)
