"""What needs a person."""

import re

from django.urls import reverse

from tests.factories.people import a_police_officer, an_analyst
from tests.web.browser import signed_in
from tests.web.conftest import Lived


def needs(html: str) -> dict[str, int]:
    """The numbers shown, by what they count."""
    found = re.findall(r'class="count">(\d+)</span>\s*<span class="text">(?:<a [^>]*>)?([^<]+)<', html)
    return {text: int(number) for number, text in found}


def test_the_hotline_sees_what_waits_for_its_people(lived: Lived) -> None:
    shown = needs(signed_in(an_analyst()).get(reverse("overview")).content.decode())
    assert shown["To be assessed"] == 1  # the one that went offline waits all the same
    assert shown["Opinions disagree"] == 1
    assert shown["Country to be decided"] == 1
    assert shown["Steps that are stuck"] == shown["Messages that are stuck"] == 0


def test_the_authority_sees_what_it_must_acknowledge(lived: Lived) -> None:
    html = signed_in(a_police_officer()).get(reverse("overview")).content.decode()
    arrivals = signed_in(a_police_officer()).get(reverse("arrivals")).content.decode()
    assert needs(html)["Arrivals to acknowledge"] == arrivals.count("/acknowledge/") > 0


def test_a_number_leads_to_as_many_rows(lived: Lived) -> None:
    analyst = signed_in(an_analyst())
    html = analyst.get(reverse("overview")).content.decode()
    cards = re.findall(r'class="count">(\d+)</span>\s*<span class="text"><a href="([^"]+)"', html)
    assert len(cards) == 5
    for number, address in cards:
        assert analyst.get(address).content.decode().count('scope="row"') == int(number), address
