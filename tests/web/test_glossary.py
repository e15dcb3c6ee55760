"""The words of the design have a meaning in every language, and pages use those words."""

import tomllib
from pathlib import Path

import maillon
from maillon.languages import LANGUAGES
from maillon.languages.catalogues import catalogue_of

GLOSSARY = tomllib.loads((Path(maillon.__file__).parents[2] / "docs/glossary.toml").read_text(encoding="utf-8"))
ON_PAGES = ("report", "item", "site", "assessment", "settled", "referral", "call_back")


def test_every_term_has_a_word_and_a_meaning_in_every_language() -> None:
    for term, languages in GLOSSARY.items():
        assert set(languages) == {language.code for language in LANGUAGES}, term
        assert all(said["word"] and said["means"].endswith(".") for said in languages.values()), term


def test_pages_use_the_words_of_the_glossary() -> None:
    for language in LANGUAGES:
        said = catalogue_of(language.code).read_text(encoding="utf-8").lower()
        missing = [t for t in ON_PAGES if GLOSSARY[t][language.code]["word"].lower() not in said]
        assert missing == [], language.code
