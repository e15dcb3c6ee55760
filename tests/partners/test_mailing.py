"""A mail tells a partner that something waits: once, in its language, and nothing of what it is."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from functools import partial

import orjson
import pytest
from django.conf import settings
from django.utils.translation import override

from maillon.access.services import set_mail
from maillon.kernel.errors import BadSetting
from maillon.ops.doctor import Patient, portal_mail
from maillon.ops.mail import send
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.partners.letters import acknowledge_letter
from maillon.partners.mailing import PAUSES, TOO_OFTEN, Mail, mail_to, tell_waiting, unreached, untold
from maillon.settings import Smtp, load
from maillon.web.needs import needs_of
from tests.factories.chain import events, read
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.portal import FRENCH, a_letter, a_partner
from tests.factories.world import World
from tests.partners.mailserver import Kept, free_port, mail_server

PORTAL = "https://maillon.test/portal/"
SENDER = "hotline@maillon.test"
DESK = f"desk@{FRENCH}.test"


class Post:
    """What was handed over; refused with `error` while there is one."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.error = ""

    def __call__(self, mails: list[Mail]) -> list[str]:
        self.mails += mails
        return [self.error] * len(mails)


def tell(world: World, post: Post) -> int:
    return tell_waiting(house="hotline", clock=world.clock, send=post, address=PORTAL)


def until(world: World, moment: object) -> None:
    world.clock.at = moment  # type: ignore[assignment]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def kept() -> Kept:
    return Kept()


def text_of(mail: Message) -> str:
    return str(mail.get_content())  # type: ignore[attr-defined]


def words(text: str) -> set[str]:
    return {word for word in re.split(r"[^\w]+", text.lower()) if len(word) > 2}


def strings(value: object) -> Iterator[str]:
    """Every text and number in a document."""
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif value is not None:
        yield str(value)


def test_the_mail_has_no_word_of_what_waits(world: World, kept: Kept) -> None:
    a_partner(language="en")
    letter = a_letter(world, flags=("imminent_danger", "belgian_victim"))
    with mail_server(kept) as port:
        server = Smtp("127.0.0.1", port, "", "", False)
        assert tell_waiting(
            house="hotline", clock=world.clock, send=partial(send, server=server, sender=SENDER), address=PORTAL
        )
    [mail] = kept.mails
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == (DESK, SENDER, "auto-generated")
    said = words(f"{mail['Subject']} {text_of(mail)}".replace(PORTAL, ""))
    assert not said & words(" ".join(strings(letter["body"])))
    assert re.findall(r"\S+://\S+", text_of(mail)) == [PORTAL]
    assert not re.search(r"\d", f"{mail['Subject']}{text_of(mail)}")
    assert mail.get_content_type() == "text/plain"
    assert str(letter["id"]) not in orjson.dumps([str(mail)]).decode()


def test_every_mail_is_the_same_whatever_waits(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    tell(world, post)
    world.wait(days=1)
    a_letter(world, "http://fr.test/b", flags=("imminent_danger",))
    tell(world, post)
    first, second = post.mails
    assert first == second


def test_a_partner_is_told_once_for_all_that_waits(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    a_letter(world, "http://fr.test/b")
    assert [tell(world, post), tell(world, post)] == [1, 0]
    assert [mail.to for mail in post.mails] == [DESK]
    assert [event["body"] for event in events("partner_told")] == [{"partner": FRENCH, "letters": 2}]
    assert {row["told_at"] for row in read("SELECT told_at FROM partners_letter")} == {world.now}


def test_what_comes_soon_after_a_mail_waits_for_the_next_one(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    tell(world, post)
    world.wait(minutes=30)
    a_letter(world, "http://fr.test/b")
    assert tell(world, post) == 0
    world.wait(minutes=31)
    assert tell(world, post) == 1


def test_imminent_danger_is_told_sooner_after_another_mail(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    tell(world, post)
    world.wait(minutes=11)
    a_letter(world, "http://fr.test/b", flags=("imminent_danger",))
    assert tell(world, post) == 1


def test_a_reminder_comes_before_the_term_then_when_it_is_over_then_daily(world: World, post: Post) -> None:
    a_partner()
    due = a_letter(world)["due_at"]
    told = []
    for moment in (
        world.now,
        due - timedelta(hours=2, minutes=1),
        due - timedelta(hours=2),
        due - timedelta(minutes=1),
        due,
        due + timedelta(hours=23),
        due + timedelta(hours=24),
    ):
        until(world, moment)
        told.append(tell(world, post))
    assert told == [1, 0, 1, 0, 1, 0, 1]


def test_what_was_answered_is_told_no_more(world: World, post: Post) -> None:
    reader, letter = a_partner(), a_letter(world)
    acknowledge_letter(id=letter["id"], by=reader, at=world.now)
    assert tell(world, post) == 0


def test_without_a_mail_server_or_an_address_nothing_is_told_and_that_is_seen(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    assert tell_waiting(house="hotline", clock=world.clock, send=None, address=PORTAL) == 0
    with acting(system_actor("hotline", "clerk")):
        assert (untold(mute=True), untold(mute=False)) == ([FRENCH], [])
    set_mail(id=FRENCH, mail="", language="fr", by=an_operator(), at=world.now)
    assert tell(world, post) == 0
    with acting(system_actor("hotline", "clerk")):
        assert untold(mute=False) == [FRENCH]


def test_a_mail_that_fails_is_tried_again_with_pauses_and_becomes_visible(world: World, post: Post) -> None:
    a_partner()
    a_letter(world)
    post.error = "the mail server is down"
    for tried, pause in enumerate((*PAUSES, PAUSES[-1]), start=1):
        assert tell(world, post) == 1
        world.wait(seconds=pause.total_seconds() - 1)
        assert tell(world, post) == 0
        world.wait(seconds=1)
        with acting(system_actor("hotline", "clerk")):
            assert unreached() == [{"id": FRENCH, "attempts": tried, "error": post.error}]
    [event] = events("partner_unreached")
    assert event["body"]["attempts"] == TOO_OFTEN
    post.error = ""
    assert tell(world, post) == 1
    with acting(system_actor("hotline", "clerk")):
        assert unreached() == []


def test_one_address_that_is_refused_holds_back_no_other(kept: Kept) -> None:
    mails = [mail_to(f"{name}@partner.test", "fr", PORTAL) for name in ("a", "b", "c")]
    kept.refusing.add("b@partner.test")
    with mail_server(kept) as port:
        errors = send(mails, Smtp("127.0.0.1", port, "", "", False), SENDER)
    assert [bool(error) for error in errors] == [False, True, False]
    assert [mail["To"] for mail in kept.mails] == ["a@partner.test", "c@partner.test"]


def test_a_mail_server_that_is_down_is_said_of_every_mail() -> None:
    mails = [mail_to("a@partner.test", "fr", PORTAL)] * 2
    errors = send(mails, Smtp("127.0.0.1", free_port(), "", "a password", False), SENDER)
    assert len(errors) == 2
    assert all("refused" in error and "a password" not in error for error in errors)


def test_a_server_elsewhere_must_speak_tls(kept: Kept) -> None:
    assert Smtp("mail.test", 587, "", "", False).starttls
    assert not Smtp("mail.test", 465, "", "", True).starttls
    assert not Smtp("127.0.0.1", 25, "", "", False).starttls


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.test", Smtp("mail.test", 587, "", "", False)),
        ("smtp://a%40b:c%3Ad@mail.test:2525", Smtp("mail.test", 2525, "a@b", "c:d", False)),
        ("smtps://a:b@mail.test", Smtp("mail.test", 465, "a", "b", True)),
    ],
)
def test_the_mail_server_is_an_address(text: str, server: Smtp) -> None:
    assert load({"MAILLON_SMTP": text}).smtp == server


@pytest.mark.parametrize(
    "text", ["mail.test", "http://mail.test", "smtp://", "smtp://a:secret@mail.test:x", "smtp://h/p"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load({"MAILLON_SMTP": text})
    assert "secret" not in str(refused.value)


def test_the_doctor_names_whom_no_mail_tells_or_reaches(world: World, post: Post) -> None:
    patient = Patient(settings=settings.MAILLON, environ={}, clock=world.clock)
    said = [sentence for _level, sentence, *_details in portal_mail(patient)]
    assert said[0].startswith("No mail server is set")
    assert "No partner of hotline waits for a mail." in said
    a_partner()
    a_letter(world)
    post.error = "down"
    tell(world, post)
    said = [sentence for _level, sentence, *_details in portal_mail(patient)]
    assert "Partners of hotline for whom something waits and whom no mail tells: 1." in said
    assert "Partners of hotline whom the last mail did not reach: 1." in said


def test_a_manager_sees_that_a_partner_is_told_nothing(world: World) -> None:
    a_partner()
    a_letter(world)
    told = {who.name: needs(who, world) for who in (a_manager(), an_analyst())}
    assert "Partners for whom something waits and whom no mail tells" in told["manager-1"]
    assert not any("mail" in text for text in told["analyst-1"])


def needs(who: Actor, world: World) -> set[str]:
    with acting(who), override("en"):
        return {str(need.text) for need in needs_of(who, world.now)}
