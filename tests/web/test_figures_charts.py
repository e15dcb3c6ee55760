"""The figures as a page: every chart a picture with its words and its table, and all of it to take away."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from maillon.insight.agreed import agreed
from maillon.insight.figures import figures
from maillon.insight.tidy import as_csv
from maillon.insight.years import years
from maillon.web import drawing
from maillon.web.charts import CHARTS, Data, Told
from maillon.web.shapes import WIDTHS, Style, spec
from maillon.web.tokens import SCHEMES, colours
from tests.factories.people import a_manager, a_person, a_police_officer
from tests.web.browser import Page, signed_in
from tests.web.conftest import Lived

YEAR = 2026
every_chart = pytest.mark.parametrize("name", CHARTS)


def told_of(name: str, language: str = "en") -> Told:
    by = a_manager()
    found = figures(year=YEAR, by=by)
    return CHARTS[name](Data(found=found, years=years(by=by), agreed=agreed(YEAR), language=language))


def page(language: str = "en") -> str:
    return signed_in(a_manager(), language).get(reverse("figures"), {"year": YEAR}).content.decode()


def picture(name: str, **more: str) -> bytes:
    return bytes(signed_in(a_manager()).get(reverse("chart", args=[YEAR, name]), more).content)


def test_every_chart_is_shown_with_its_main_number_and_its_table(lived: Lived) -> None:
    shown = Page(page())
    pictures = [given for tag, given in shown.elements if tag == "img"]
    assert [str(given["src"]).split("?")[0] for given in pictures] == [
        reverse("chart", args=[YEAR, name]) for name in CHARTS
    ]
    assert all(re.search(r"\d", str(given["alt"])) for given in pictures)
    tables = [given for tag, given in shown.elements if tag == "table"]
    assert len(tables) == len(CHARTS)


def test_the_alternative_text_tells_the_number(lived: Lived) -> None:
    total = figures(year=YEAR, by=a_manager())["reports"]
    assert told_of("months").says == f"{YEAR}: {total} reports, most in March ({total})."


@every_chart
def test_a_picture_says_what_its_table_says(name: str, lived: Lived) -> None:
    told = told_of(name)
    drawn = ElementTree.fromstring(drawing.svg(told, Style("light", "wide")))
    texts = {element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert texts >= {*told.legend}
    if name in ("countries", "channels", "times"):
        assert texts >= {str(row[0]) for row in told.rows}


@every_chart
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", WIDTHS)
def test_a_picture_keeps_to_the_tokens_and_carries_no_style_or_script(
    name: str, scheme: str, size: str, lived: Lived
) -> None:
    drawn = picture(name, scheme=scheme, size=size)
    used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", drawn.decode()))
    assert used <= set(colours(scheme).values())
    for element in ElementTree.fromstring(drawn).iter():
        assert element.tag.rpartition("}")[2] in ("svg", "g", "path", "line", "text", "rect")
        assert not {key for key in element.attrib if key in ("style", "href") or key.startswith("on")}


@every_chart
def test_what_says_the_same_is_drawn_once(name: str, lived: Lived) -> None:
    told = told_of(name)
    assert told.digest == told_of(name).digest
    assert drawing.svg(told, Style("light", "wide")) is drawing.svg(told_of(name), Style("light", "wide"))
    assert drawing.svg(told, Style("dark", "wide")) != drawing.svg(told, Style("light", "wide"))


@every_chart
def test_other_numbers_or_words_are_another_drawing(name: str, lived: Lived) -> None:
    told = told_of(name)
    assert {told.digest} & {other.digest for other in (told_of(n) for n in CHARTS if n != name)} == set()
    assert spec(told, Style("light", "wide")) != spec(told, Style("light", "narrow"))


def test_a_picture_of_what_the_page_no_longer_says_is_counted_again(lived: Lived) -> None:
    assert picture("months", v="unknown") == picture("months")


def test_a_picture_of_another_chart_is_not_given_by_its_digest(lived: Lived) -> None:
    told = told_of("years")
    drawing.keep(told)
    assert picture("months", v=told.digest) == picture("months")


@pytest.mark.parametrize(
    "wrong", [("nothing", {}), ("months", {"scheme": "sepia"}), ("months", {"size": "huge"})], ids=str
)
def test_there_is_no_other_picture(wrong: tuple[str, dict[str, str]], houses: None) -> None:
    name, more = wrong
    assert signed_in(a_manager()).get(reverse("chart", args=[YEAR, name]), more).status_code == 404


def test_without_figures_there_is_no_picture(houses: None) -> None:
    assert "<img" not in page()


@pytest.mark.parametrize("name", ["chart", "figures_table"])
def test_pictures_and_table_take_the_permission_of_figures(name: str, houses: None) -> None:
    address = reverse(name, args=[YEAR, "months"] if name == "chart" else [YEAR])
    assert signed_in(a_person("assessor-9", "police_assessor", "federal-police")).get(address).status_code == 403
    assert signed_in(a_police_officer()).get(address).status_code == 404


def test_the_year_is_taken_away_as_a_table(lived: Lived) -> None:
    response = signed_in(a_manager()).get(reverse("figures_table", args=[YEAR]))
    assert response["Content-Type"].startswith("text/csv; charset=utf-8")
    assert f"maillon-hotline-{YEAR}.csv" in response["Content-Disposition"]
    assert response.content.decode() == as_csv(figures(year=YEAR, by=a_manager()))
    assert signed_in(a_manager()).get(reverse("figures_table", args=[1999])).status_code == 404
