"""What in an address tells who copied it: sign-ins, share ids, account numbers, long values nobody else has. Pure."""

# ruff: noqa: SIM905 - words as people read them

import re
from collections.abc import Iterator

SESSION = frozenset(
    "access_token accesstoken api_key apikey auth auth_key auth_token authkey authtoken authuser cfid cftoken csrf "
    "csrf_token id_token jsessionid jwt login_token magic oauth_token otp pass passwd password phpsessid pwd "
    "refresh_token reset_token s_id sess sessid session session_id session_key session_token sessionid sessionkey sid "
    "ssid sso_token ticket tk token user_token xsrf".split()
)
SHARE = frozenset(
    "_ga _gl aff affiliate affiliate_id click_id clickid dclid fbclid from_user gclid igsh igshid invite invite_code "
    "invite_id invitecode invited_by mc_cid mc_eid mibextid mkt_tok msclkid ref ref_id ref_src referer referral "
    "referral_code referrer s_kwcid sc_uid share share_id share_link_id share_user shared_by shareid sharer si "
    "sender_device tracking_id trk ttclid twclid vero_id wickedid yclid".split()
)
ACCOUNT = frozenset(
    "account account_id accountid client_id customer customer_id customerid deviceid device_id e-mail email login "
    "login_hint mail me member member_id memberid my_id myid owner_id profile profile_id profileid subscriber "
    "subscriber_id u_id uid user user_id user_name userid username usr viewer viewer_id viewerid visitor_id".split()
)

ADDRESS = re.compile(
    r"(?<![\w.@+-])(?:[a-z][a-z0-9+.-]{0,30}(?::|\[:\])//|www\.|[\w-]{1,63}(?:(?:\.|\[\.\]|\(\.\))[\w-]{1,63}){1,20}(?=[/?#:;]))"
    r'[^\s<>"]*',
    re.I,
)
"""A word that is an address: after a scheme, `www.`, or a host that something follows."""

_LOGIN = re.compile(r"(?<=//)[^/?#@\s\\]+@")
_PARAMETER = re.compile(r"(?<=[?&#])([^=&;#?\s]{1,100})=([^&;#\s]*)|(?<=;)([^=&;#?\s]{1,100})=([^&;#?\s]*)")
_FRAGMENT = re.compile(r"(?<=#)[^=&;#\s!/]+\Z")
_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_PART = re.compile(r"[A-Za-z0-9]{16,}")
_MAIL = re.compile(r"[^@%/]+(?:@|%40)[\w-]+\.\w")


def in_addresses(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of each; of a parameter both its name and its value, of a user name with its `@`."""
    for address in ADDRESS.finditer(text):
        begin, word = address.start(), address[0].rstrip(").,;:!?'»”]")
        for match in _LOGIN.finditer(word):
            yield "login", begin + match.start(), begin + match.end()
        for match in _PARAMETER.finditer(word):
            name, value = match[1] or match[3], match[2] or match[4] or ""
            kind = _kind(name.lower(), value)
            if kind:
                yield kind, begin + match.start(), begin + match.end()
        for match in _FRAGMENT.finditer(word):
            if _looks_unique(match[0]):
                yield "random", begin + match.start(), begin + match.end()


def _kind(name: str, value: str) -> str:
    if not value:
        return ""
    if _MAIL.match(value):
        return "email"
    if name in SESSION or _TOKEN.match(value):
        return "session"
    if name in SHARE:
        return "share"
    if name in ACCOUNT:
        return "account"
    return "random" if _looks_unique(value) else ""


def _looks_unique(value: str) -> bool:
    """Whether it is drawn by chance rather than written: a UUID, or sixteen letters and digits well mixed."""
    if _UUID.search(value) or _TOKEN.match(value):
        return True
    return any(
        sum(c.isdigit() for c in part) >= 3 and sum(c.isalpha() for c in part) >= 3 and len(set(part)) >= 8
        for part in _PART.findall(value)
    )
