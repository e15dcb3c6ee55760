"""Addresses as they may stand on a page, in a log or in a mail: nobody's program makes a link of them. Pure."""

import re

_SCHEME = re.compile(r"^(?:h[tx]{2}p|([a-z][a-z0-9+.-]*))(s?)(://)", re.I)
_END_OF_HOST = re.compile(r"[/?#\s]|$")
_DOT = re.compile(r"(?<!\[)\.(?!\])")


def defanged(address: str) -> str:
    """`address` with its scheme and its host spoilt, as `hxxps://a[.]test/x`; `items.addresses.find` reads it back.

    What is no address, or is spoilt already, stays as it is as far as it is.
    """
    scheme, rest = "", address.strip()
    if found := _SCHEME.match(rest):
        rest = rest[found.end() :]
        scheme = f"{found[1]}{found[2]}[://]" if found[1] else f"hxxp{found[2]}://"
    elif "://" not in rest and rest.partition(":")[0].isalpha() and "@" in rest:
        return _DOT.sub("[.]", rest.replace("@", "[at]"))
    end = _END_OF_HOST.search(rest)
    assert end is not None
    return scheme + _DOT.sub("[.]", rest[: end.start()]) + rest[end.start() :]
