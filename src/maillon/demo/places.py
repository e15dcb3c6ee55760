"""Locations on the fictitious sites, and the many ways in which people write the same one down."""

from dataclasses import dataclass
from random import Random

from maillon.demo.sites import Kind, Site

SEPARATORS = ("\n", " ", " ; ", ", ")
_FOLDERS = ("album", "page", "topic", "media", "thread")


@dataclass(frozen=True, slots=True)
class Place:
    """One location on a site, in parts; `str()` is its canonical spelling."""

    site: Site
    rest: str
    scheme: str = "http"
    user: str = ""
    port: str = ""

    def __str__(self) -> str:
        if self.site.kind is Kind.HANDLE:
            return f"{self.site.host}:{self.rest}"
        return f"{self.scheme}://{self.user}{self.site.host}{self.port}{self.rest}"


def make(site: Site, serial: int, rng: Random) -> Place:
    """A location that no other serial number gives, on any site."""
    if site.kind is Kind.HANDLE:
        return Place(site, f"quiet-room-{serial}")
    if site.kind is Kind.ONION:
        return Place(site, f"/{rng.choice(_FOLDERS)}/{serial}")
    rest = rng.choices(
        (f"/{rng.choice(_FOLDERS)}/{serial}", f"/view?item={serial}&lang=fr", f"/viewer#!/item/{serial}"),
        weights=(8, 2, 1),
    )[0]
    scheme = rng.choice(("http", "https"))
    user = "visitor@" if rng.random() < 0.02 else ""
    port = rng.choice((":8080", ":8443")) if rng.random() < 0.05 else ""
    return Place(site, rest, scheme, user, port)


def written(place: Place, rng: Random) -> str:
    """The location as somebody might type it: plain, defanged, schemeless, in Unicode, with a spare port."""
    if place.site.kind is Kind.HANDLE:
        return rng.choice((str(place), str(place), f"{place.site.host.title()}:@{place.rest}"))
    host, scheme, port = _host(place.site, rng), place.scheme, place.port
    style = rng.random()
    if style < 0.55:
        return f"{scheme}://{place.user}{host}{port}{place.rest}"
    if style < 0.70:
        scheme, host = scheme.replace("tt", "xx"), _defanged(host)
    elif style < 0.80:
        host = _defanged(host)
    elif style < 0.86:
        host = host.upper() if host.isascii() else host
    elif style < 0.92:
        port = port or {"http": ":80", "https": ":443"}[scheme]
    elif place.scheme == "http" and not (place.user or host.startswith("[")):
        return f"{host}{port}{place.rest}"
    return f"{scheme}://{place.user}{host}{port}{place.rest}"


def _host(site: Site, rng: Random) -> str:
    # People paste what the address bar shows: Unicode more often than its ASCII form.
    if "xn--" in site.host and rng.random() < 0.7:
        return site.host.encode().decode("idna")
    return site.host


def _defanged(host: str) -> str:
    return host if host.startswith("[") else host.replace(".", "[.]")
