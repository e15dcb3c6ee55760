import pytest

from maillon.directory.countries import countries, country_name, is_country
from maillon.kernel.errors import BadInput


def test_countries_are_those_of_iso_3166_and_kosovo() -> None:
    assert len(countries() - {"XK"}) == 249
    assert all(is_country(code) for code in ("BE", "NL", "US", "XK"))
    assert not any(is_country(code) for code in ("", "be", "BEL", "EU", "UK", "XX", "ZZ", "01"))


@pytest.mark.parametrize(
    ("language", "name"), [("fr", "Belgique"), ("nl", "België"), ("de", "Belgien"), ("en", "Belgium")]
)
def test_belgium_has_its_name_in_each_language(language: str, name: str) -> None:
    assert country_name("BE", language) == name


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_country_has_a_name_in_every_language(language: str) -> None:
    assert all(country_name(code, language) not in ("", code) for code in countries())


def test_what_is_no_country_has_no_name() -> None:
    with pytest.raises(BadInput, match="'EU' is no country"):
        country_name("EU", "fr")
