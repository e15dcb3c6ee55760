"""Translations: what the program says, taken from its code and templates, against the catalogues of `languages/`.

`python -m maillon.ops.translations` names what is missing and exits with 1 (`make check`); `… update` brings the
catalogues in line with the code, leaving new messages empty; `… compile` writes what the program reads.
"""

import re
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import maillon
from maillon.languages import LANGUAGES
from maillon.languages.catalogues import catalogue_of, compile_stale

ROOT = Path(maillon.__file__).parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HOLES = re.compile(r"%\([a-z_]+\)[sd]")


def messages() -> Catalog:
    """Everything that the code and the templates say, with the files that say it."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted([*ROOT.glob("**/*.py"), *ROOT.glob("**/templates/**/*.html")]):
        for text, context in _said(path):
            found.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return found


def _said(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What is left outside the messages is filler, which Python's reader takes only without indentation.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    elif "gettext" not in source:
        return
    for _line, text, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield text if isinstance(text, str) else (text[0], text[1]), context


def check() -> list[str]:
    """What is wrong with the catalogues, a sentence each: missing, empty, obsolete, or with other holes to fill."""
    said = messages()
    return [sentence for language in LANGUAGES for sentence in wrong(said, _read(language.code), language.code)]


def wrong(said: Catalog, catalogue: Catalog, code: str) -> Iterator[str]:
    """What is wrong with one catalogue, against what is said."""
    for message in said:
        known = catalogue.get(_id(message), message.context) if message.id else None
        if message.id and (known is None or not _said_whole(known)):
            yield f"{code}: {_id(message)!r} is not translated."
        elif message.id and known is not None and any(_holes(s) - _holes(*_ids(message)) for s in _strings(known)):
            yield f"{code}: {_id(message)!r} is translated with holes that nothing fills."
    for message in catalogue:
        if message.id and said.get(_id(message), message.context) is None:
            yield f"{code}: {_id(message)!r} is said nowhere any more."


def update() -> None:
    """Bring every catalogue in line with the code: new messages are empty, English says what the code says."""
    said = messages()
    for language in LANGUAGES:
        catalogue = _read(language.code)
        catalogue.update(said, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language.code == "en":
            for message in catalogue:
                message.string = message.string if _said_whole(message) else message.id
        catalogue_of(language.code).write_bytes(_written(catalogue))


def _written(catalogue: Catalog) -> bytes:
    """The catalogue as text that changes only where a message does: its header keeps what readers need."""
    file = BytesIO()
    write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)
    lines = file.getvalue().splitlines(keepends=True)
    end = next(n for n, line in enumerate(lines) if n and not line.strip())
    kept = (b"msgid", b"msgstr", b'"Language:', b'"Plural-Forms', b'"Content')
    return b"".join([*(line for line in lines[:end] if line.startswith(kept)), *lines[end:]])


def compile() -> list[str]:
    """Compile the catalogues that changed since; their languages. The program does so too when it starts."""
    return compile_stale()


def _read(code: str) -> Catalog:
    with catalogue_of(code).open("rb") as file:
        return read_po(file, locale=code)


def _id(message: Message) -> str:
    return _ids(message)[0]


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _said_whole(message: Message) -> bool:
    """Whether every form of the message is translated, and by a person."""
    return bool(_strings(message)) and all(_strings(message)) and not message.fuzzy


def _holes(*texts: str) -> set[str]:
    return {hole for text in texts for hole in HOLES.findall(text)}


def _check() -> int:
    wrong = check()
    print("\n".join(wrong) or "Every message is translated into every language.")
    return 1 if wrong else 0


if __name__ == "__main__":
    verbs: dict[str, Callable[[], object]] = {"check": _check, "update": update, "compile": compile}
    sys.exit(verbs[sys.argv[1] if len(sys.argv) > 1 else "check"]() == 1)
