"""What a reporter wrote, as the form carries it from page to page: hidden fields are all the memory there is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict

from maillon.hotline.intake.identifying import Finding, findings, withheld
from maillon.hotline.intake.policy import LONGEST, STATED

FIELDS = {"locations": "text", "remark": "remark", "contact": "contact"}
"""The fields of the form that hold text, by the name that intake has for them."""

EMPTY, TOO_LONG = "empty", "too_long"


@dataclass(frozen=True, slots=True)
class Written:
    """One form. `omit` names the findings that stay out; `young`: it is the form of the page for minors."""

    token: str
    locations: str
    remark: str
    contact: str
    stated: tuple[str, ...]
    omit: frozenset[str]
    young: bool

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Every field but the token, as names and values of hidden inputs."""
        texts = (("locations", self.locations), ("remark", self.remark), ("contact", self.contact))
        yield from ((name, text) for name, text in texts if text)
        yield from ((word, "1") for word in self.stated)
        yield from (("omit", name) for name in sorted(self.omit))
        if self.young:
            yield ("young", "1")

    def problems(self) -> dict[str, str]:
        """What is wrong, by field: EMPTY (nothing was told at all) or TOO_LONG."""
        wrong = {name: TOO_LONG for name in FIELDS if len(getattr(self, name)) > LONGEST[FIELDS[name]]}
        if not self.locations and not self.remark:
            wrong["locations"] = EMPTY
        return wrong

    def found(self) -> tuple[tuple[str, Finding], ...]:
        """What may identify the reporter, each under the name by which `omit` knows it."""
        return tuple((name_of(finding), finding) for finding in findings(self.locations, self.remark))

    def kept(self) -> tuple[str, str]:
        """Locations and remark, without what stays out."""
        if not self.omit:
            return self.locations, self.remark
        out = [finding for name, finding in self.found() if name in self.omit]
        return (
            withheld(self.locations, [f for f in out if f.where == "locations"]),
            withheld(self.remark, [f for f in out if f.where == "remark"]),
        )


BLANK = Written("", "", "", "", (), frozenset(), False)


def name_of(finding: Finding) -> str:
    """The name of a finding in the form: where it stands."""
    return f"{finding.where}:{finding.start}:{finding.end}"


OURS = ("same-origin", "none", "")
"""What `Sec-Fetch-Site` says of a form of these pages; older browsers say nothing."""


def sent(request: HttpRequest) -> Written:
    """The form that was sent; without its token where another site had the browser send it.

    Whoever made out that form knows its token, could have the receipt shown, and would read what is answered.
    """
    written = read(request.POST)
    return written if request.META.get("HTTP_SEC_FETCH_SITE", "") in OURS else replace(written, token="")


def read(post: QueryDict) -> Written:
    """What a form holds. Never raises: whatever a field holds is text."""
    young = "young" in post
    stated = tuple(word for word in STATED if word in post or (young and word == "minor"))
    return Written(
        token=post.get("form", ""),
        locations=tidy(post.get("locations", "")),
        remark=tidy(post.get("remark", "")),
        contact=tidy(post.get("contact", "")),
        stated=stated,
        omit=frozenset(post.getlist("omit")),
        young=young,
    )


def tidy(text: str) -> str:
    """`text` with line feeds for line ends, without blanks around it and without what no database holds."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
