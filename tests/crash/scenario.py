"""A small piece of work that passes every crash point of the ways in, of assess, handover and send."""

from collections.abc import Callable
from dataclasses import dataclass

from maillon.observation.services import CLAIM as LOOKUP_CLAIM
from maillon.partners.services import CLAIM as MESSAGE_CLAIM
from tests.crash.installation import Installation

# What is located is assessed later: a danger that is settled before it is located is sent first and called back then,
# and which of the two comes first may differ after a kill.
# In Belgium; where INHOPE has a hotline; the first again; two, one of which none; by address; none can say.
REPORTS = """reference,received_at,channel,language,url,remark
R1,2026-02-02T10:00,web,fr,https://north-gallery.test/one,
R2,2026-02-02T10:05,web,nl,https://silver-reed.test/two,
R3,2026-02-02T10:10,mail,nl,hxxps://north-gallery[.]test/one,again
R4,2026-02-02T10:15,web,de,https://lotus-files.test/three https://market-square.test/four,
R5,2026-02-02T10:20,web,en,http://192.0.2.9/five,
R6,2026-02-02T10:25,web,en,https://border-post.test/six,
"""
OPINIONS = """reference,user,scheme,version,code,severity,flags,reason,assessed_at
R1,analyst-a,demo,1,A,3,,,
R2,analyst-a,demo,1,A,1,,,
R2,analyst-b,demo,1,A,1,,,
R4,analyst-a,demo,1,A,4,imminent_danger|belgian_victim,,
R5,analyst-b,demo,1,N,,,,
R6,analyst-a,demo,1,B,2,,,
"""
REPEATED = """reference,received_at,channel,language,url,remark
R7,2026-02-03T09:00,web,fr,https://north-gallery.test/one,
R8,2026-02-03T09:05,web,fr,https://paper-boat.test/eight,
R1,2026-02-02T10:00,web,fr,https://north-gallery.test/one,
"""
CHANGED = """reference,user,scheme,version,code,severity,flags,reason,assessed_at
R2,analyst-a,demo,1,N,,,looked again,
R2,senior,demo,1,N,,,decided,
R4,analyst-a,demo,1,A,5,,less urgent,
R5,analyst-b,demo,1,A,3,,new facts,
R7,analyst-a,demo,1,B,2,,,
"""
# Longer than any claim of a killed worker lasts, shorter than any term.
CLAIMS_OVER = ("later", str(max(LOOKUP_CLAIM, MESSAGE_CLAIM).total_seconds() + 1))
TERMS_OVER = ("later", str(30 * 24 * 3600))

CLAIMED = """
SELECT (SELECT count(*) FROM observation_lookup WHERE state = 'running')
  + (SELECT count(*) FROM partners_message WHERE state = 'sending')
"""

Words = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One command of the scenario; its words may depend on what there is."""

    name: str
    words: Callable[[Installation], Words]


def plain(name: str, *words: str) -> Step:
    return Step(name, lambda here: tuple(word.format(home=here.home) for word in words))


def acknowledging(here: Installation) -> Words:
    waiting = here.query("SELECT id FROM inbox_arrival WHERE state = 'waiting' ORDER BY id")
    noted = [word for (id,) in waiting for word in ("--acknowledge", str(id))]
    return ("arrivals", "--as", "officer", *noted)


def working(here: Installation) -> Words:
    """Take a matter in which all is answered, and close it."""
    ((matter,),) = here.query(
        "SELECT m.id FROM inbox_matter m JOIN items_item i ON (i.house, i.id) = (m.house, m.item_id) "
        "WHERE i.canonical LIKE '%%border-post%%'"
    )
    return ("arrivals", "--as", "officer", "--take", str(matter), "--close", str(matter), "nothing more to do")


def locating(here: Installation) -> Words:
    ((item,),) = here.query("SELECT id FROM items_item WHERE house = 'hotline' AND canonical LIKE '%%border-post%%'")
    return ("locate", str(item), "--country", "BE", "--reason", "the provider said so")


DRAIN = ("drain", "--now")
STEPS = (
    plain("tell", "tell", "web", "call", "partner"),
    plain("drain what was told", *DRAIN),
    plain("place and ask", "tell", "place", "ask"),
    plain("answer", "tell", "answer"),
    plain("import", "import", "{home}/reports.csv"),
    plain("drain", *DRAIN),
    plain("assess", "assess", "{home}/opinions.csv"),
    plain("drain opinions", *DRAIN),
    plain("import again", "import", "{home}/repeated.csv"),
    plain("assess again", "assess", "{home}/changed.csv"),
    Step("locate", locating),
    plain("drain again", *DRAIN),
    Step("acknowledge", acknowledging),
    plain("drain answers", *DRAIN),
    Step("work on a matter", working),
    plain("danger", "act", "danger", "R9", "https://paper-boat.test/eight"),
    plain("drain danger", *DRAIN),
    plain("claim", "act", "claim", "senior"),
    plain("decide", "act", "decide", "senior", "R8", "A", "3"),
    plain("hand over", "act", "hand-over"),
    plain("undo", "act", "undo", "senior", "R8"),
    plain("drain what was undone", *DRAIN),
    plain("give back", "act", "give-back", "senior"),
    plain("override", "act", "override", "R8"),
    plain("terms pass", *TERMS_OVER),
)
CSV = {"reports": REPORTS, "opinions": OPINIONS, "repeated": REPEATED, "changed": CHANGED}
