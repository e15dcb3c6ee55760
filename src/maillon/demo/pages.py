"""The texts of the synthetic web: neutral sentences, and what a page names."""

from collections.abc import Iterable, Sequence
from html import escape
from random import Random

from maillon.demo.reports import SENTENCES

_SENTENCES: Sequence[str] = SENTENCES["pages"]["sentences"]


def page(title: str, *parts: str, language: str = "en") -> bytes:
    """A whole page: a heading and its parts, which are HTML already."""
    head = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return "\n".join([head, f"<body><h1>{escape(title)}</h1>", *parts, "</body></html>", ""]).encode()


def text(seed: str, sentences: int = 4) -> str:
    """One paragraph, drawn from the seed."""
    return f"<p>{escape(' '.join(Random(seed).choices(_SENTENCES, k=sentences)))}</p>"


def gallery(seed: str, images: Iterable[str]) -> bytes:
    """A page that names images."""
    return page(title(seed), text(seed), *(f'<img src="{escape(one)}" alt="Shapes">' for one in images))


def screening(seed: str, videos: Iterable[str]) -> bytes:
    """A page that names videos."""
    return page(title(seed), text(seed), *(f'<video controls><source src="{escape(one)}"></video>' for one in videos))


def scripted(seed: str) -> bytes:
    """A page that is empty until its script runs."""
    head = f'<!doctype html><html lang="en"><head><title>{escape(title(seed))}</title></head>'
    return f'{head}<body><div id="root"></div><script src="/app.js"></script></body></html>\n'.encode()


def padded(seed: str, images: Iterable[str], size: int) -> bytes:
    """A page of `size` bytes that names images: as heavy as an ordinary one."""
    named = [f'<img src="{escape(one)}" alt="Shapes">' for one in images]
    rng, paragraphs, left = Random(seed), [], size - len(page(title(seed), *named))
    while left > 0:
        sentence = f"<p>{rng.choice(_SENTENCES)}</p>"
        paragraphs.append(sentence if len(sentence) < left else "x" * (left - 1))
        left -= len(paragraphs[-1]) + 1
    return page(title(seed), *named, *paragraphs)


def title(seed: str) -> str:
    """A heading that says nothing but which page it is."""
    return f"Page {Random(seed).randrange(1000, 10_000)}"
