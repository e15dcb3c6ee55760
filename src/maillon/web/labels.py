"""What people call the program's words: one label for each state, reason, purpose, flag and kind of event.

Labels are lazy, so that they speak the language of the page. `label` answers the word itself where it has none.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.directory.countries import country_name, is_country


class Label(NamedTuple):
    """What to show, and in which tone: plain, busy (work goes on), care (a person must look), grave, done."""

    text: str | Promise
    tone: str = "plain"


Labels = Mapping[str, Label]

ITEM: Labels = {
    "open": Label(pgettext_lazy("item", "open"), "busy"),
    "illegal": Label(_("illegal"), "grave"),
    "not_illegal": Label(_("not illegal"), "plain"),
    "offline": Label(_("offline"), "done"),
}
REPORT: Labels = {
    "submitted": Label(_("just received"), "busy"),
    "filed": Label(_("joined to its items"), "done"),
    "unplaced": Label(_("names no address"), "care"),
    "closed": Label(_("closed without an item")),
}
STATED: Labels = {
    "danger_now": Label(_("somebody is in danger now"), "grave"),
    "minor": Label(_("the reporter is a minor"), "care"),
    "about_me": Label(_("it is about the reporter"), "care"),
}
CASE: Labels = {
    "waiting": Label(_("to be assessed"), "busy"),
    "second_opinion": Label(_("second opinion needed"), "busy"),
    "disputed": Label(_("opinions disagree"), "care"),
    "settled": Label(_("settled"), "done"),
}
REFERRAL: Labels = {
    "undecided": Label(_("country to be decided"), "care"),
    "decided": Label(pgettext_lazy("referral", "decided"), "done"),
    "drafted": Label(_("in grace"), "busy"),
    "queued": Label(_("on its way"), "busy"),
    "sent": Label(pgettext_lazy("referral", "sent"), "busy"),
    "acknowledged": Label(pgettext_lazy("referral", "acknowledged"), "done"),
    "refused": Label(_("refused by its partner"), "care"),
    "resolved": Label(_("refused, and dealt with"), "done"),
    "undone": Label(pgettext_lazy("referral", "undone")),
    "withdrawn": Label(pgettext_lazy("referral", "withdrawn")),
    "recalled": Label(pgettext_lazy("referral", "called back"), "care"),
}
ARRIVAL: Labels = {
    "waiting": Label(pgettext_lazy("referral", "waiting"), "busy"),
    "acknowledged": Label(pgettext_lazy("referral", "acknowledged"), "done"),
    "refused": Label(pgettext_lazy("referral", "refused"), "care"),
    "recalled": Label(pgettext_lazy("referral", "called back"), "care"),
}
MEASURE_KIND: Labels = {
    "removal": Label(_("removal")),
    "blocking": Label(_("blocking")),
}
PARTY: Labels = {
    "justice": Label(_("justice")),
    "hotline": Label(_("the hotline")),
    "providers": Label(_("the providers")),
}
DECISION: Labels = {
    "requested": Label(pgettext_lazy("decision", "to be decided"), "busy"),
    "approved": Label(_("approved by telephone"), "care"),
    "confirmed": Label(_("confirmed, not in writing yet"), "busy"),
    "ordered": Label(_("ordered"), "done"),
    "refused": Label(pgettext_lazy("decision", "refused")),
    "left_online": Label(_("left online for now"), "care"),
    "withdrawn": Label(pgettext_lazy("decision", "withdrawn")),
    "ended": Label(pgettext_lazy("decision", "ended")),
}
ORDER: Labels = {
    "provisional": Label(_("in force until confirmed"), "care"),
    "in_force": Label(pgettext_lazy("order", "in force"), "done"),
    "disowned": Label(pgettext_lazy("order", "disowned"), "grave"),
    "lapsed": Label(pgettext_lazy("order", "lapsed"), "care"),
    "expired": Label(pgettext_lazy("order", "expired")),
    "lifted": Label(pgettext_lazy("order", "lifted"), "care"),
    "replaced": Label(pgettext_lazy("order", "replaced by one in writing")),
}
ORDER_FORM: Labels = {
    "verbal": Label(_("by telephone")),
    "written": Label(_("in writing")),
}
HOLD: Labels = {
    "running": Label(pgettext_lazy("hold", "running"), "busy"),
    "ended": Label(pgettext_lazy("hold", "ended")),
}
MEASURE: Labels = {
    "asked": Label(pgettext_lazy("measure", "asked"), "busy"),
    "done": Label(pgettext_lazy("measure", "carried out"), "done"),
    "refused": Label(pgettext_lazy("measure", "refused"), "care"),
    "ending": Label(pgettext_lazy("measure", "asked to undo it"), "busy"),
    "ended": Label(pgettext_lazy("measure", "undone")),
}
MATTER: Labels = {
    "waiting": Label(pgettext_lazy("matter", "nobody has it"), "busy"),
    "passed": Label(pgettext_lazy("matter", "waits for its unit"), "busy"),
    "taken": Label(pgettext_lazy("matter", "taken"), "plain"),
    "closed": Label(pgettext_lazy("matter", "closed"), "done"),
}
MESSAGE: Labels = {
    "queued": Label(_("on its way"), "busy"),
    "sending": Label(_("being sent"), "busy"),
    "sent": Label(_("sent"), "done"),
    "stuck": Label(_("stuck"), "grave"),
}
LETTER: Labels = {
    "waiting": Label(pgettext_lazy("referral", "waiting"), "busy"),
    "acknowledged": Label(pgettext_lazy("referral", "acknowledged"), "done"),
    "refused": Label(pgettext_lazy("referral", "refused"), "care"),
    "recalled": Label(pgettext_lazy("referral", "called back"), "care"),
}
LOOKUP: Labels = {
    "waiting": Label(_("waiting"), "busy"),
    "running": Label(_("running"), "busy"),
    "done": Label(_("done"), "done"),
}
DELIVERY: Labels = {
    "due": Label(_("due"), "busy"),
    "done": Label(_("done"), "done"),
    "stuck": Label(_("stuck"), "grave"),
}
REASON: Labels = {
    "agreed": Label(_("the sources agree")),
    "stated_by_person": Label(_("stated by a person")),
    "sources_disagree": Label(_("the sources disagree"), "care"),
    "sources_silent": Label(_("too few sources know the address"), "care"),
    "several_countries": Label(_("addresses in several countries"), "care"),
    "delivery_network": Label(_("behind a content delivery network"), "care"),
    "hops_differ": Label(_("led on to several countries"), "care"),
    "origin_told": Label(_("an origin was told"), "busy"),
    "onion": Label(_("an onion service has no place"), "care"),
    "no_network_place": Label(_("an account on a service has no place"), "care"),
    "name_not_found": Label(_("the name does not exist"), "care"),
    "no_address": Label(_("the name has no address"), "care"),
    "not_public": Label(_("the address cannot be reached publicly"), "care"),
    "no_answer": Label(_("the name servers did not answer"), "care"),
    "undetermined": Label(_("the place is undetermined"), "care"),
    "not located yet": Label(_("not located yet")),
    "settled as not illegal": Label(_("settled as not illegal")),
    "settled otherwise": Label(_("settled otherwise")),
    "located elsewhere": Label(_("located elsewhere")),
    "no longer settled": Label(_("no longer settled")),
    "hold lifted": Label(_("the public prosecutor ended it")),
    "hold over": Label(_("its day came")),
}
PURPOSE: Labels = {
    "action": Label(_("to act on")),
    "copy": Label(_("a copy")),
    "danger": Label(_("imminent danger"), "grave"),
    "callback": Label(_("call-back"), "care"),
    "letter": Label(_("letter")),
}
FLAG: Labels = {
    "imminent_danger": Label(_("imminent danger"), "grave"),
    "belgian_victim": Label(_("Belgian victim"), "care"),
    "belgian_suspect": Label(_("Belgian suspect"), "care"),
}
EFFECT: Labels = {
    "new": Label(_("a new item")),
    "joined": Label(_("joins an open item")),
    "reopened": Label(_("opens the item again")),
    "repeated": Label(_("repeats what was settled")),
}
PLACE: Labels = {
    "url": Label(_("address")),
    "handle": Label(_("account on a service")),
    "onion": Label(_("onion service")),
}
CHANNEL: Labels = {
    "web": Label(_("website")),
    "phone": Label(_("telephone")),
    "letter": Label(_("letter")),
    "mail": Label(_("e-mail")),
    "partner": Label(_("partner")),
    "local": Label(_("within this installation")),
    "maillon": Label(_("to another installation")),
    "file": Label(_("as a file")),
    "portal": Label(_("through the portal")),
}
METHOD: Labels = {
    "sources": Label(_("from the sources")),
    "person": Label(_("stated by a person")),
    "origin": Label(_("from the origin behind it")),
}
CONTACT: Labels = {
    "address": Label(_("by the address")),
    "network": Label(_("by the network")),
    "registrar": Label(_("by the name's registrar")),
}
ASKED: Labels = {
    "found": Label(_("named a mailbox"), "done"),
    "no_mailbox": Label(_("named no mailbox")),
    "not_found": Label(_("knows nothing of it")),
    "no_server": Label(_("no registry answers for it")),
    "busy": Label(_("was busy"), "care"),
    "silent": Label(_("did not answer"), "care"),
    "refused": Label(_("was not asked: its address is not safe"), "care"),
    "unreadable": Label(_("answered unreadably"), "care"),
    "failed": Label(_("answered with an error"), "care"),
}
TOLD_BY: Labels = {
    "person": Label(_("a person found it out")),
    "network": Label(_("the network answered its trusted reporter")),
}
BASIS: Labels = {"read": Label(_("source read"), "done"), "assumed": Label(_("assumed"), "care")}
HOUSE: Labels = {
    "hotline": Label(_("Hotline")),
    "authority": Label(_("Police and justice")),
    "care": Label(_("Care")),
}
ROLE: Labels = {
    "operator": Label(_("operator")),
    "analyst": Label(_("analyst")),
    "senior_analyst": Label(_("senior analyst")),
    "manager": Label(_("manager")),
    "director": Label(_("director")),
    "welfare_officer": Label(_("welfare officer")),
    "oversight": Label(_("oversight")),
    "police_assessor": Label(_("police assessor")),
    "police_officer": Label(_("police officer")),
    "police_coordinator": Label(_("police coordinator")),
    "local_police_officer": Label(_("local police officer")),
    "magistrate": Label(_("magistrate")),
    "prosecutor_clerk": Label(_("clerk of the prosecutor's office")),
    "financial_investigator": Label(_("financial investigator")),
    "international_officer": Label(_("officer of the international desk")),
    "care_worker": Label(_("care worker")),
    "reporter": Label(_("reporter")),
    "portal_partner": Label(_("partner")),
    "partner_program": Label(_("a partner's program")),
    "matching_program": Label(_("a partner's program that looks hashes up")),
    "file_matching_program": Label(_("a partner's program that looks files up")),
    "peer": Label(_("another installation")),
    "system": Label(_("the program")),
}
ACCOUNT: Labels = {
    "well": Label(pgettext_lazy("account", "set up"), "done"),
    "unsecured": Label(_("without a second step"), "care"),
    "locked": Label(pgettext_lazy("account", "locked"), "grave"),
    "invited": Label(pgettext_lazy("account", "invited"), "busy"),
    "no_sign_in": Label(_("no sign-in")),
    "left": Label(pgettext_lazy("account", "left")),
}
CLEARANCE: Labels = {
    "restricted": Label(pgettext_lazy("clearance", "restricted"), "care"),
    "sealed": Label(pgettext_lazy("clearance", "sealed"), "grave"),
}
ORGANISATION: Labels = {
    "child-focus": Label("Child Focus"),
    "hotline": Label("Child Focus"),
    "federal-police": Label(_("Federal Police")),
    "local-police": Label(_("Local police")),
    "care-desk": Label(_("Care centre")),
    "authority": Label(_("Police and justice")),
    "care": Label(_("Care")),
    "maillon": Label("Maillon"),
}
ACTOR: Labels = {
    "reporter": Label(_("the reporter")),
    "dispatcher": Label(_("the program")),
    "clock": Label(_("the clock")),
    "locator": Label(_("the program")),
    "fetcher": Label(_("the program")),
    "sender": Label(_("the program")),
    "receiver": Label(_("the program")),
    "greeter": Label(_("the program")),
    "postman": Label(_("the program")),
}
MESSAGE_KIND: Labels = {
    "referral": Label(_("referral")),
    "callback": Label(_("call-back"), "care"),
    "acknowledgement": Label(_("acknowledgement")),
    "outcome": Label(_("outcome")),
    "hold": Label(_("hold"), "care"),
    "hold_ended": Label(_("end of a hold")),
    "figures": Label(_("figures")),
    "order": Label(_("order")),
    "order_ended": Label(_("end of an order"), "care"),
    "refusal": Label(_("refusal"), "care"),
    "question": Label(_("question")),
    "answer": Label(_("answer")),
}
EVENT: Labels = {
    "account_made": Label(_("Account made")),
    "account_invited": Label(_("Invited"), "busy"),
    "sign_in_set": Label(_("Sign-in set up")),
    "password_changed": Label(_("Password changed")),
    "authenticator_added": Label(_("Second step added")),
    "authenticator_removed": Label(_("Second step taken away"), "care"),
    "recovery_codes_made": Label(_("Recovery codes made")),
    "recovery_code_used": Label(_("Recovery code used"), "care"),
    "account_locked": Label(_("Account locked"), "care"),
    "account_unlocked": Label(_("Account unlocked"), "care"),
    "devices_removed": Label(_("Devices taken away"), "care"),
    "account_left": Label(_("Account ended"), "care"),
    "training_recorded": Label(_("Training recorded")),
    "key_set": Label(_("Key set")),
    "organisation_made": Label(_("Organisation made")),
    "mail_set": Label(_("Organisation's mail address set")),
    "clearance_given": Label(_("Clearance given"), "care"),
    "clearance_ended": Label(_("Clearance ended")),
    "token_made": Label(_("Key to the API made"), "care"),
    "token_revoked": Label(_("Key to the API taken back")),
    "clearance_demanded": Label(_("Clearance demanded"), "care"),
    "clearance_lifted": Label(_("Clearance no longer demanded")),
    "keys_chosen": Label(_("Keys of the pages chosen")),
    "provider_stated": Label(_("Provider's country stated")),
    "listed": Label(_("List taken out"), "care"),
    "evidence_kept": Label(_("Kept in the vault")),
    "vault_recipient_added": Label(_("Key of the vault recorded"), "care"),
    "vault_recipient_retired": Label(_("Key of the vault retired"), "care"),
    "evidence_access_ended": Label(_("Our keys to the evidence destroyed")),
    "evidence_rewrapped": Label(_("Evidence opened to another key"), "care"),
    "evidence_exported": Label(_("Evidence taken out, encrypted"), "care"),
    "evidence_held": Label(_("Evidence held past its term"), "care"),
    "evidence_released": Label(_("Hold on evidence ended")),
    "evidence_purged": Label(_("Evidence purged at its term")),
    "revealed": Label(_("Looked at")),
    "let_look_on": Label(_("Let look on past a limit"), "care"),
    "went_offline": Label(_("Gone offline"), "done"),
    "submitted": Label(_("Report received"), "busy"),
    "unplaced": Label(_("Report without an address"), "care"),
    "report_placed": Label(_("Report given its address by a person")),
    "report_closed": Label(_("Report closed without an item")),
    "reporter_asked": Label(_("Reporter asked"), "busy"),
    "reporter_answered": Label(_("Reporter wrote"), "care"),
    "contact_read": Label(_("Reporter's contact read"), "care"),
    "reported": Label(_("Reported"), "busy"),
    "reported_again": Label(_("Reported again")),
    "located": Label(_("Located"), "busy"),
    "origin_told": Label(_("Origin told"), "busy"),
    "location_kept": Label(_("Not located again: what was known holds"), "care"),
    "abuse_contact_asked": Label(_("Abuse contact asked for"), "busy"),
    "abuse_contact_found": Label(_("Abuse contact looked up")),
    "fetch_asked": Label(_("Content asked for"), "busy"),
    "captured": Label(_("Content fetched"), "busy"),
    "hashes_looked_up": Label(_("Hashes looked up by a partner's program")),
    "known_content_found": Label(_("Matches known content"), "care"),
    "fetch_dropped": Label(_("Content came too late, nothing kept"), "care"),
    "case_opened": Label(_("Waits for an analyst"), "busy"),
    "assessed": Label(_("Assessed"), "busy"),
    "settled": Label(_("Settled"), "done"),
    "unsettled": Label(_("In doubt again"), "care"),
    "case_late": Label(_("Assessment late"), "grave"),
    "case_more_urgent": Label(_("More urgent"), "care"),
    "case_overridden": Label(_("Changed by hand"), "care"),
    "opinion_withdrawn": Label(_("Opinion taken back"), "care"),
    "case_claimed": Label(_("Taken on"), "busy"),
    "case_given_back": Label(_("Given back")),
    "media_confirmed": Label(_("Opinion rests on content looked at")),
    "decision_accepted": Label(_("Known decision accepted without a view"), "busy"),
    "filter_saved": Label(_("Filter saved")),
    "filter_removed": Label(_("Filter removed")),
    "referral_drafted": Label(_("Referral prepared"), "busy"),
    "referral_undecided": Label(_("Recipient to be decided"), "care"),
    "referral_closed": Label(_("Referral closed")),
    "referral_rerouted": Label(_("Routed anew: it stands elsewhere"), "care"),
    "referral_queued": Label(_("Referral on its way"), "busy"),
    "referral_sent": Label(_("Referral sent"), "done"),
    "referral_acknowledged": Label(_("Referral acknowledged"), "done"),
    "referral_recalled": Label(_("Referral called back"), "care"),
    "referral_late": Label(_("Referral late"), "grave"),
    "referral_refused": Label(_("Referral refused"), "care"),
    "referral_resolved": Label(_("Refused referral dealt with")),
    "referral_held": Label(_("Held for the investigation"), "care"),
    "referral_hold_ended": Label(_("No longer held"), "busy"),
    "referral_outcome": Label(_("Outcome at the authority"), "busy"),
    "message_sent": Label(_("Message sent"), "done"),
    "message_stuck": Label(_("Message stuck"), "grave"),
    "retried": Label(_("What was stuck is tried again"), "busy"),
    "message_received": Label(_("Message received"), "busy"),
    "peer_pinned": Label(_("Other installation pinned"), "busy"),
    "peer_removed": Label(_("Other installation removed"), "care"),
    "peer_restored": Label(_("Restored from a backup: what was lost is sent again"), "care"),
    "lost_settled": Label(_("What became of a lost message is known"), "done"),
    "glass_broken": Label(_("Glass broken"), "grave"),
    "glass_mended": Label(_("Glass mended")),
    "glass_reviewed": Label(_("Broken glass reviewed")),
    "sample_drawn": Label(_("Sample drawn for oversight")),
    "entry_reviewed": Label(_("Event reviewed by oversight")),
    "sample_signed": Label(_("Sample signed off"), "done"),
    "oversight_answered": Label(_("Oversight answered")),
    "figures_stated": Label(_("Figures stated")),
    "figures_taken": Label(_("Figures received")),
    "letter_recalled": Label(_("Letter in the portal called back"), "care"),
    "letter_opened": Label(_("Letter read by its partner")),
    "partner_told": Label(_("Partner told by mail that something waits")),
    "partner_unreached": Label(_("No mail reaches the partner"), "grave"),
    "arrived": Label(_("Arrived"), "busy"),
    "arrival_acknowledged": Label(_("Acknowledged"), "done"),
    "arrival_recalled": Label(_("Called back by its sender"), "care"),
    "arrival_refused": Label(_("Refused"), "care"),
    "arrival_late": Label(_("Answer late"), "grave"),
    "letter_entered": Label(_("Letter taken down"), "busy"),
    "letter_placed": Label(_("Letter given its address")),
    "matter_taken": Label(_("Taken on"), "busy"),
    "matter_given_back": Label(_("Given back")),
    "matter_passed": Label(_("Passed to a unit"), "busy"),
    "matter_closed": Label(_("Matter closed"), "done"),
    "matter_reopened": Label(_("Matter opened again"), "care"),
    "question_asked": Label(_("Partner asked"), "busy"),
    "question_received": Label(_("A partner asks"), "care"),
    "question_answered": Label(_("Partner answered by us"), "done"),
    "answer_received": Label(_("The partner answered"), "care"),
    "procedure_recorded": Label(_("Procedure recorded")),
    "procedure_ended": Label(_("Procedure ended"), "care"),
    "decision_requested": Label(_("Decision asked for"), "busy"),
    "request_withdrawn": Label(_("Request withdrawn")),
    "request_recalled": Label(_("What the request rests on was called back"), "care"),
    "recall_answered": Label(_("The decision stands in spite of the call-back")),
    "approval_noted": Label(_("Approval by telephone noted"), "care"),
    "approval_confirmed": Label(_("Approval confirmed"), "done"),
    "approval_disowned": Label(_("Approval disowned"), "grave"),
    "ordered": Label(_("Ordered in writing"), "done"),
    "order_extended": Label(_("Order extended"), "done"),
    "decision_refused": Label(pgettext_lazy("decision", "Refused")),
    "left_online": Label(_("Left online until a review"), "care"),
    "review_due": Label(_("Review due"), "busy"),
    "hold_given": Label(_("Notices abroad wait"), "care"),
    "hold_ended": Label(_("Notices abroad wait no longer")),
    "approval_lapsed": Label(_("Approval lapsed, nobody confirmed it"), "grave"),
    "order_expired": Label(_("Order at its end")),
    "order_lifted": Label(_("Order lifted"), "care"),
    "request_late": Label(_("Decision late"), "grave"),
    "measure_asked": Label(_("Provider asked to act"), "busy"),
    "measure_kept": Label(_("Provider goes on under the order"), "busy"),
    "measure_done": Label(_("Provider carried it out"), "done"),
    "measure_refused": Label(_("Provider refused"), "care"),
    "measure_ending": Label(_("Provider asked to undo it"), "busy"),
    "measure_ended": Label(_("Provider undid it"), "done"),
    "measure_late": Label(_("Provider late"), "grave"),
    "decision_document_taken": Label(_("Document taken out")),
}
OVERRIDE: Labels = {
    "": Label(_("The content was erased; the trace stays.")),
    "term": Label(_("Term")),
    "urgency": Label(_("Urgency")),
    "claim": Label(_("Held by")),
}
BECAME: Labels = {
    "requested": Label(_("a decision is asked for"), "busy"),
    "approved": Label(_("approved by telephone"), "busy"),
    "ordered": Label(_("ordered in writing"), "done"),
    "extended": Label(_("order extended"), "done"),
    "refused": Label(_("the public prosecutor refused"), "care"),
    "left_online": Label(_("left online for the investigation"), "care"),
    "review_due": Label(_("to be looked at again"), "busy"),
    "disowned": Label(_("approval disowned"), "care"),
    "lapsed": Label(_("approval lapsed"), "care"),
    "lifted": Label(_("order lifted"), "care"),
    "expired": Label(_("order expired"), "care"),
    "withdrawn": Label(_("request withdrawn")),
    "carried_out": Label(_("carried out"), "done"),
    "undone": Label(_("measure undone"), "care"),
}
FINDING: Labels = {
    "": Label(_("to be reviewed"), "busy"),
    "in_order": Label(_("in order"), "done"),
    "question": Label(_("a question"), "care"),
}
FIGURE: Labels = {
    "arrived": Label(_("Arrived")),
    "acknowledged": Label(_("Acknowledged")),
    "refused": Label(_("Refused")),
    "recalled": Label(_("Called back")),
    "requests": Label(_("Decisions asked for")),
    "approved_by_telephone": Label(_("Approved by telephone")),
    "orders": Label(_("Orders in writing")),
    "refused_by_prosecutor": Label(_("Refused by the public prosecutor")),
    "left_online": Label(_("Left online for the investigation")),
    "disowned": Label(_("Approvals disowned")),
    "lapsed": Label(_("Approvals lapsed")),
    "lifted": Label(_("Orders lifted")),
    "expired": Label(_("Orders expired")),
    "measures": Label(_("Measures asked of providers")),
    "carried_out": Label(_("Measures carried out")),
}
LOOKED_AT: Labels = {
    "image": Label(_("image")),
    "video": Label(_("video")),
    "text": Label(_("text of the page")),
}
PASSED: Labels = {
    "let_on": Label(_("let look on"), "care"),
    "imminent_danger": Label(_("imminent danger"), "grave"),
}
STEP: Labels = {
    "0": Label(_("small, blurred, grey")),
    "1": Label(_("small, grey")),
    "2": Label(_("large, grey")),
    "3": Label(_("large, in colour"), "care"),
}
RESOLUTION: Labels = {
    "police": Label(_("to the federal police instead")),
    "closed": Label(_("closed: nobody gets it instead")),
}
FETCH_PURPOSE: Labels = {
    "assess": Label(_("to form an opinion")),
    "second_opinion": Label(_("to give a second opinion")),
    "still_online": Label(_("to see whether it is still there")),
}
CAPTURE: Labels = {
    "ok": Label(pgettext_lazy("fetch", "received"), "done"),
    "refused": Label(pgettext_lazy("fetch", "refused by us"), "care"),
    "failed": Label(pgettext_lazy("fetch", "failed"), "care"),
    "undecodable": Label(_("received, but not readable"), "care"),
}
FETCH_REASON: Labels = {
    "bad_address": Label(_("it is no address that can be fetched"), "care"),
    "bad_scheme": Label(_("only http and https are fetched"), "care"),
    "bad_port": Label(_("an unusual port is not asked"), "care"),
    "user_named": Label(_("the address names a user"), "care"),
    "not_public": Label(_("the address cannot be reached publicly"), "care"),
    "no_tor": Label(_("no way to onion services is set up here"), "care"),
    "too_many_redirects": Label(_("led on too many times"), "care"),
    "redirect_loop": Label(_("led in a circle"), "care"),
    "headers_too_large": Label(_("the answer's header is too large"), "care"),
    "too_large": Label(_("too large"), "care"),
    "over_total": Label(_("all that it names is too large together"), "care"),
    "decompression_bomb": Label(_("grows beyond every bound when unpacked"), "grave"),
    "unknown_coding": Label(_("packed in an unknown way"), "care"),
    "not_media": Label(_("neither an image nor a video"), "care"),
    "name_not_found": Label(_("the name does not exist"), "care"),
    "no_address": Label(_("the name has no address"), "care"),
    "no_answer": Label(_("the name servers did not answer"), "care"),
    "not_reached": Label(_("the server could not be reached"), "care"),
    "proxy_refused": Label(_("our way out refused it"), "care"),
    "tls_failed": Label(_("no encrypted connection came about"), "care"),
    "cut_off": Label(_("the server ended the answer too early"), "care"),
    "broken_answer": Label(_("the server's answer is broken"), "care"),
    "too_slow": Label(_("the server answers too slowly"), "care"),
    "too_long": Label(_("it took too long"), "care"),
    "out_of_memory": Label(_("it takes too much memory"), "care"),
    "worker_died": Label(_("the process that fetches ended over it"), "care"),
    "worker_garbled": Label(_("the process that fetches answered nonsense"), "care"),
    "not_kept": Label(_("the vault did not keep it"), "grave"),
    "broken": Label(_("something broke here"), "grave"),
    "not_an_image": Label(_("not an image, whatever its server says"), "care"),
    "not_a_video": Label(_("not a video, whatever its server says"), "care"),
    "unsupported": Label(_("of a format that is not decoded here"), "care"),
    "truncated": Label(_("ends too early"), "care"),
    "corrupt": Label(_("damaged"), "care"),
    "decoder_died": Label(_("the process that decodes ended over it"), "care"),
    "no_such_sheet": Label(_("shorter than that")),
}
TLS: Labels = {
    "": Label(_("not encrypted"), "care"),
    "ok": Label(_("encrypted"), "done"),
    "expired": Label(_("certificate expired"), "care"),
    "not_yet_valid": Label(_("certificate not valid yet"), "care"),
    "self_signed": Label(_("certificate signed by itself"), "care"),
    "unknown_issuer": Label(_("certificate of an unknown issuer"), "care"),
    "wrong_name": Label(_("certificate of another name"), "care"),
    "outdated": Label(_("outdated encryption"), "care"),
    "unverified": Label(_("certificate not to be verified"), "care"),
}
MEDIUM: Labels = {
    "page": Label(_("page")),
    "image": Label(_("image")),
    "video": Label(_("video")),
}
HASH: Labels = {
    "md5": Label("MD5"),
    "sha1": Label("SHA-1"),
    "sha256": Label("SHA-256"),
    "pdq": Label("PDQ"),
    "vpdq": Label("vPDQ"),
}
TABLES: dict[str, Labels] = {
    "capture": CAPTURE,
    "fetch_reason": FETCH_REASON,
    "tls": TLS,
    "medium": MEDIUM,
    "hash": HASH,
    "became": BECAME,
    "resolution": RESOLUTION,
    "looked_at": LOOKED_AT,
    "passed": PASSED,
    "step": STEP,
    "figure": FIGURE,
    "finding": FINDING,
    "override": OVERRIDE,
    "item": ITEM,
    "report": REPORT,
    "stated": STATED,
    "case": CASE,
    "referral": REFERRAL,
    "arrival": ARRIVAL,
    "matter": MATTER,
    "measure_kind": MEASURE_KIND,
    "party": PARTY,
    "decision": DECISION,
    "order": ORDER,
    "order_form": ORDER_FORM,
    "hold": HOLD,
    "measure": MEASURE,
    "message": MESSAGE,
    "letter": LETTER,
    "lookup": LOOKUP,
    "contact lookup": LOOKUP,
    "fetch": LOOKUP,
    "delivery": DELIVERY,
    "reason": {**FETCH_REASON, **REASON},
    "purpose": {**FETCH_PURPOSE, **PURPOSE},
    "flag": FLAG,
    "effect": EFFECT,
    "place": PLACE,
    "channel": CHANNEL,
    "method": METHOD,
    "contact": CONTACT,
    "asked": ASKED,
    "told_by": TOLD_BY,
    "basis": BASIS,
    "house": HOUSE,
    "role": ROLE,
    "account": ACCOUNT,
    "clearance": CLEARANCE,
    "organisation": ORGANISATION,
    "actor": ACTOR,
    "message_kind": MESSAGE_KIND,
    "event": EVENT,
}


def label(table: str, word: str) -> Label:
    """The label of `word` in the table of that name; the word itself where the table has none."""
    return TABLES[table].get(word) or Label(word)


def country(code: str, language: str) -> Label:
    """A country's name; what stands in its place where none was found."""
    if not code:
        return Label(_("not located yet"))
    if not is_country(code):
        return Label(_("undetermined"), "care")
    return Label(country_name(code, language))


def partner(id: str, language: str) -> Label:
    """Whom a house writes to: a desk by its name, a hotline abroad by its country."""
    network, _sep, code = id.partition("-")
    if network == "inhope" and is_country(code.upper()):
        return Label(_("INHOPE hotline, %(country)s") % {"country": country_name(code.upper(), language)})
    return label("organisation", id)
