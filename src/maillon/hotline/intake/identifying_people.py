"""What people write about themselves: names after an introduction or a greeting, mail, telephone, numbers. Pure."""

# ruff: noqa: SIM905 - apostrophes as telephones write them; words as people read them

import re
from collections.abc import Iterator

_INTRODUCED = (
    "my name is", "my name's", "i am called", "i'm called", "my first name is", "my surname is",
    "je m'appelle", "mon nom est", "mon prénom est", "mon nom de famille est", "moi c'est",
    "ich heiße", "ich heisse", "mein name ist", "mein name lautet", "mein vorname ist", "mein nachname ist",
    "mijn naam is", "ik heet", "mijn voornaam is", "mijn achternaam is",
)  # fmt: skip
_LABELS = ("name", "full name", "first name", "nom", "prénom", "naam", "voornaam", "vorname", "nachname", "achternaam")
_PERHAPS = ("i am", "i'm", "this is", "je suis", "ich bin", "ik ben", "hier spricht")
"""Words that introduce a name only where two words with capitals follow."""
_GREETINGS = (
    "kind regards", "best regards", "regards", "yours sincerely", "sincerely", "yours faithfully", "signed",
    "cordialement", "bien à vous", "bien cordialement", "salutations", "signé", "sincères salutations",
    "mit freundlichen grüßen", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "liebe grüße",
    "gezeichnet", "met vriendelijke groeten", "met vriendelijke groet", "vriendelijke groeten", "groeten", "groetjes",
    "getekend", "mvg",
)  # fmt: skip
MOST_NAMES = 50
"""How many words of names are sought again in the rest of the text."""

_NOT_NAMES = frozenset(
    "not no none secret confidential important unknown a an the "
    "pas un une le la secret confidentiel inconnu "
    "niet geen een de het geheim "
    "nicht kein ein eine der die das geheim".split()
)

_WORD = r"[^\W\d_][\w'’-]{0,40}"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:\.|[\w'’-]{0,40})"
_SMALL = r"(?:van|von|de|der|den|du|le|la|les|el|al|ben|bin|di|da|dos|ter|ten|zu|zur|af|av)"
_NAME = rf"{_CAPITAL}(?:[ \t]+(?:{_SMALL}[ \t]+){{0,2}}{_CAPITAL}){{0,3}}"
_BLANK = r"[\s:,.!–-]{1,6}"


def _any(words: tuple[str, ...]) -> str:
    written = "|".join(re.escape(word).replace("'", "['’]").replace(r"\ ", r"[ \t]+") for word in words)
    return rf"(?<!\w)(?i:{written})"


_PATTERNS = (
    re.compile(rf"{_any(_INTRODUCED)}{_BLANK}({_NAME})"),
    re.compile(rf"{_any(_LABELS)}[ \t]*:[ \t]*({_NAME})"),
    re.compile(rf"{_any(_PERHAPS)}[ \t]+({_CAPITAL}[ \t]+(?:{_SMALL}[ \t]+){{0,2}}{_CAPITAL})"),
    re.compile(rf"{_any(_GREETINGS)}{_BLANK}({_NAME})[ \t.!]*(?:\n|\Z)"),
    re.compile(rf"(?:\n|\A)--[ \t]*\n({_NAME})[ \t]*(?:\n|\Z)"),
)
_LOWER = re.compile(rf"{_any(_INTRODUCED)}[ \t]+({_WORD})")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"(?<![\w+./-])(?:(?:\+|00)[1-9]|0[1-9])(?:[ ./()-]{0,3}\d){7,13}(?!\w)")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d")
_NATIONAL = re.compile(r"(?<!\w)\d\d[ .]?\d\d[ .]?\d\d[ .-]?\d{3}[ .-]?\d\d(?!\w)")
_ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?!\w)")


def in_prose(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of each, in no order; they may overlap. A name is found wherever it stands again."""
    for match in _MAIL.finditer(text):
        yield "email", match.start(), match.end()
    for match in _ACCOUNT.finditer(text):
        if _is_account(match[0]):
            yield "bank_account", match.start(), match.end()
    for match in _NATIONAL.finditer(text):
        if _is_national(match[0]):
            yield "national_number", match.start(), match.end()
    for match in _PHONE.finditer(text):
        if not _DAY.match(match[0]):
            yield "phone", match.start(), match.end()
    yield from _names(text)


def _names(text: str) -> Iterator[tuple[str, int, int]]:
    spans = [m.span(1) for pattern in _PATTERNS for m in pattern.finditer(text)]
    spans += [m.span(1) for m in _LOWER.finditer(text) if m[1].lower().rstrip("-'’") not in _NOT_NAMES]
    words: dict[str, None] = {}
    for start, end in spans:
        end = start + len(text[start:end].rstrip("-'’"))
        yield "name", start, end
        words |= dict.fromkeys(w for w in text[start:end].split() if len(w) > 2 and not re.fullmatch(_SMALL, w))
    if words:
        again = "|".join(re.escape(word) for word in list(words)[:MOST_NAMES])
        yield from (("name", *match.span()) for match in re.finditer(rf"(?<!\w)(?:{again})(?!\w)", text))


def _is_account(written: str) -> bool:
    """Whether its check digits are those of an IBAN (ISO 13616: the number rearranged is 1 modulo 97)."""
    plain = re.sub(r"[ -]", "", written)
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_national(written: str) -> bool:
    """Whether its check digits are those of a Belgian register number: 97 less the rest; a 2 before it since 2000."""
    plain = re.sub(r"\D", "", written)
    number, check = plain[:9], int(plain[9:])
    return any(97 - int(born + number) % 97 == check for born in ("", "2"))
