"""The PDF of a decision says what the law asks for, in its language, and links to nothing."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from maillon.authority.decision.documents import _texts, order_page
from maillon.authority.decision.documents.rendering import render
from maillon.authority.decision.services import extend_order, lift_order, refuse
from maillon.outbox.acting import acting
from tests.factories.chain import events, read
from tests.factories.decisions import a_magistrate, a_request, an_approval, an_order, another_item, row_of
from tests.factories.inbox import arrived
from tests.factories.people import a_police_officer
from tests.factories.world import World

LONG = "http://be.test/" + "a-long-path/" * 30 + "?q=é%20x&y=1"
WORDS = (
    "The magistrate's own words.\nIn two paragraphs: 1 < 2 & #strong[nothing] *is* markup, not even http://no.test/."
)

DEMANDED = {
    "fr": {
        "legal basis": ["Base légale", "article 39bis, § 6", "[référence non vérifiée]"],
        "reasons with the provision": ["Motifs", "Code pénal, articles 417/…", "In two paragraphs"],
        "issuing authority": ["Public prosecutor's office of Brussels", "brussels-prosecutor-magistrate-1"],
        "number and moment": ["brussels-prosecutor-2026-2", "3 mars 2026 à 11 h 00 (heure de Bruxelles)"],
        "exact addresses": ["Adresses exactes"],
        "measure and its end": ["rendre inaccessible chez l’hébergeur", "1 juin 2026"],
        "territorial scope": ["Portée territoriale", "Belgique"],
        "redress": ["Voies de recours", "la levée de la mesure"],
        "whom to inform": ["Qui informer", "coordinateur pour les services numériques"],
        "what it replaces": ["remplace l’autorisation donnée par téléphone", "brussels-prosecutor-2026-1"],
        "content of orders": ["règlement (UE) 2022/2065"],
        "a place to sign": ["Signature"],
    },
    "nl": {
        "legal basis": ["Rechtsgrond", "artikel 39bis, § 6", "[verwijzing niet nagegaan]"],
        "reasons with the provision": ["Motivering", "Strafwetboek, artikelen 417/…", "In two paragraphs"],
        "issuing authority": ["Public prosecutor's office of Brussels", "brussels-prosecutor-magistrate-1"],
        "number and moment": ["brussels-prosecutor-2026-2", "3 maart 2026 om 11.00 uur (tijd in Brussel)"],
        "exact addresses": ["Exacte adressen"],
        "measure and its end": ["ontoegankelijk maken bij de hostingaanbieder", "1 juni 2026"],
        "territorial scope": ["Territoriale reikwijdte", "België"],
        "redress": ["Rechtsmiddelen", "de opheffing van de maatregel"],
        "whom to inform": ["Wie op de hoogte te brengen", "coördinator voor digitale diensten"],
        "what it replaces": ["vervangt de toestemming die telefonisch werd gegeven", "brussels-prosecutor-2026-1"],
        "content of orders": ["verordening (EU) 2022/2065"],
        "a place to sign": ["Handtekening"],
    },
}


def said(document: bytes) -> str:
    """Its text, lines joined as they are read."""
    return " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages).split())


def links(document: bytes) -> list[object]:
    return [page.get("/Annots") for page in PdfReader(BytesIO(document)).pages if page.get("/Annots")]


def an_order_for(world: World, language: str, text: str = LONG) -> tuple[UUID, bytes]:
    arrived(world, text)
    [item] = read("SELECT id FROM items_item", house="authority")
    request = a_request(world, item["id"], language=language)
    an_approval(world, request)
    order = an_order(world, request, words=WORDS, days=90)
    return order, bytes(row_of("order", order)["document"])


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_an_order_says_all_that_article_9_asks_for(world: World, language: str) -> None:
    _, document = an_order_for(world, language)
    text = said(document)
    missing = {
        what: words for what, wanted in DEMANDED[language].items() if (words := [w for w in wanted if w not in text])
    }
    assert missing == {}
    assert sha256(document).hexdigest() == events("ordered", "authority")[0]["body"]["document"]
    assert PdfReader(BytesIO(document)).trailer["/Root"]["/Lang"] == f"{language}-BE"


@pytest.mark.parametrize(("language", "title"), [("fr", "Décision de prolongation"), ("nl", "Verlengingsbeslissing")])
def test_each_extension_of_an_order_has_its_document(world: World, language: str, title: str) -> None:
    order, _ = an_order_for(world, language)
    before = row_of("order", order)
    for days in (120, 150):
        extend_order(
            order_id=order, until=world.now + timedelta(days=days), words=WORDS, by=a_magistrate(), at=world.now
        )
    first, second = read("SELECT * FROM decision_extension ORDER BY until", house="authority")
    assert (first["before"], second["before"], second["until"]) == (
        before["until"], first["until"], row_of("order", order)["until"],
    )  # fmt: skip
    text = said(bytes(second["document"])).replace(" ", "")
    wanted = (title, before["number"], LONG, *WORDS.split("\n"))
    assert [words for words in wanted if words.replace(" ", "") not in text] == []
    told = [event["body"]["document"] for event in events("order_extended", "authority")]
    assert told == [sha256(bytes(row["document"])).hexdigest() for row in (first, second)]
    assert links(bytes(first["document"])) == []


def test_addresses_are_exact_and_never_a_link(world: World) -> None:
    _, document = an_order_for(world, "fr")
    text = said(document).replace(" ", "")
    assert LONG in text
    assert LONG.replace("é", "%C3%A9") in text
    assert links(document) == []
    assert b"/URI" not in document


def test_a_character_that_no_font_has_stands_as_its_code_and_keeps_no_order_from_being_made(world: World) -> None:
    order, document = an_order_for(world, "fr", "http://be.test/" + "漢" * 40 + "-é-😀")
    text = said(document).replace(" ", "")
    assert "http://be.test/" + "[U+6F22]" * 40 + "-é-[U+1F600]" in text
    assert "http://be.test/" + "%E6%BC%A2" * 40 + "-%C3%A9-%F0%9F%98%80" in text
    lift_order(order_id=order, words="It ends here 😀.\x01", by=a_magistrate(), at=world.now)
    assert "It ends here [U+1F600].[U+0001]" in said(bytes(row_of("order", order)["ended_document"]))


def test_what_people_write_is_never_markup(world: World) -> None:
    _, document = an_order_for(world, "nl")
    assert "1 < 2 & #strong[nothing] *is* markup, not even http://no.test/." in said(document)


def test_the_same_content_is_the_same_pdf_in_another_process_too(world: World) -> None:
    request = row_of("request", a_request(world, another_item(world)))
    given = {"number": "n-1", "words": WORDS, "until": world.now + timedelta(days=2), "before": None}
    by = a_magistrate()
    with acting(by):
        page = order_page(request, by=by, at=world.now, **given)
    script = (
        "import sys, hashlib, json, datetime\n"
        "from maillon.authority.decision.documents.rendering import Page, render\n"
        "page, at = json.loads(sys.stdin.read())\n"
        "made = render(Page(**page), at=datetime.datetime.fromisoformat(at))\n"
        "print(hashlib.sha256(made).hexdigest())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps([page._asdict(), world.now.isoformat()]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == sha256(render(page, at=world.now)).hexdigest()
    assert render(page, at=world.now + timedelta(seconds=1)) != render(page, at=world.now)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_refusal_and_a_lifting_have_theirs(world: World, language: str) -> None:
    refused = a_request(world, another_item(world), language=language)
    refuse(request_id=refused, words="not founded", by=a_magistrate(), at=world.now)
    order = an_order(world, a_request(world, another_item(world), language=language))
    lift_order(order_id=order, words="no longer needed", by=a_magistrate(2), at=world.now)
    papers = {"refusal": row_of("request", refused)["document"], "lift": row_of("order", order)["ended_document"]}
    recorded = {"refusal": "decision_refused", "lift": "order_lifted"}
    for what, document in papers.items():
        text, texts = said(bytes(document)), _texts(language)[what]
        assert texts["title"] in text
        assert ("not founded" if what == "refusal" else "no longer needed") in text
        assert "http://be.test/" in text
        assert links(bytes(document)) == []
        assert sha256(document).hexdigest() == events(recorded[what], "authority")[0]["body"]["document"]


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    def places(texts: object) -> object:
        if isinstance(texts, dict):
            return {key: places(text) for key, text in texts.items()}
        return sorted(re.findall(r"{\w+}", str(texts)))

    assert places(_texts("fr")) == places(_texts("nl"))


def test_an_order_is_one_page_where_its_words_are_few(world: World) -> None:
    request = row_of("request", a_request(world, another_item(world)))
    by = a_magistrate()
    with acting(by):
        page = order_page(
            request, number="n-1", words="As asked.", until=world.now + timedelta(days=2), before=None, by=by,
            at=world.now,
        )  # fmt: skip
    assert len(PdfReader(BytesIO(render(page, at=world.now))).pages) == 1
    assert a_police_officer().name not in said(render(page, at=world.now))
