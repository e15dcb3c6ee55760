"""What may be recorded about organisations, accounts, and what they hold."""

from maillon.kernel.kinds import Kind

ACCOUNT_MADE = Kind(
    name="account_made",
    version=1,
    promise="A person may act in this house with these roles.",
    fields=("person", "organisation", "roles"),
    final=True,
)
TRAINING_RECORDED = Kind(
    name="training_recorded",
    version=1,
    promise="A person had this training, in force between two days.",
    fields=("person", "course", "valid_from", "valid_until"),
    final=True,
)
KEY_SET = Kind(
    name="key_set",
    version=1,
    promise="What is written out for this person is encrypted to this key from now on.",
    fields=("person", "recipient"),
    final=True,
)
ORGANISATION_MADE = Kind(
    name="organisation_made",
    version=2,
    promise="This house knows an organisation, what it is in the chain, and where it is told that something waits.",
    fields=("organisation", "kind", "name", "mail", "language"),
    final=True,
)
MAIL_SET = Kind(
    name="mail_set",
    version=1,
    promise="An organisation is told by mail at this address, in this language, that something waits in its portal.",
    fields=("organisation", "mail", "language"),
    final=True,
)
CLEARANCE_GIVEN = Kind(
    name="clearance_given",
    version=1,
    promise="A person holds this clearance between two days: what demands it is shown to them.",
    fields=("person", "label", "valid_from", "valid_until", "reason"),
    final=True,
    reviewed=True,
)
CLEARANCE_ENDED = Kind(
    name="clearance_ended",
    version=1,
    promise="A person holds this clearance no more.",
    fields=("person", "label", "reason"),
    final=True,
)
TOKEN_MADE = Kind(
    name="token_made",
    version=2,
    promise="A program of this organisation may use the API until then, for what `rights` say.",
    fields=("token", "organisation", "label", "expires_at", "rights"),
    final=True,
)
TOKEN_REVOKED = Kind(
    name="token_revoked",
    version=1,
    promise="This token opens nothing any more.",
    fields=("token", "organisation", "label"),
    final=True,
)
KEYS_CHOSEN = Kind(
    name="keys_chosen",
    version=1,
    promise="This person works the console's pages with these keys from now on, where they differ from the usual ones.",
    fields=("person", "keys"),
    final=True,
)
ACCOUNT_INVITED = Kind(
    name="account_invited",
    version=1,
    promise="With a link, used once and before it ends, this person sets up their sign-in; `purpose` says why.",
    fields=("person", "invitation", "purpose", "expires_at"),
    final=True,
)
SIGN_IN_SET = Kind(
    name="sign_in_set",
    version=1,
    promise="The person chose a password with the link they were given.",
    fields=("person", "invitation", "purpose"),
    final=True,
)
PASSWORD_CHANGED = Kind(
    name="password_changed",
    version=1,
    promise="The person chose another password; what they had open elsewhere ended.",
    fields=("person",),
    final=True,
)
AUTHENTICATOR_ADDED = Kind(
    name="authenticator_added",
    version=1,
    promise="From now on the person signs in with this second step too; what they had open elsewhere ended.",
    fields=("person", "type"),
    final=True,
)
AUTHENTICATOR_REMOVED = Kind(
    name="authenticator_removed",
    version=1,
    promise="The person took away a second step of their own; what they had open elsewhere ended.",
    fields=("person", "type"),
    final=True,
)
RECOVERY_CODES_MADE = Kind(
    name="recovery_codes_made",
    version=1,
    promise="The person has new recovery codes; earlier ones open nothing.",
    fields=("person",),
    final=True,
)
RECOVERY_CODE_USED = Kind(
    name="recovery_code_used",
    version=1,
    promise="A recovery code of this person was used; it opens nothing any more.",
    fields=("person",),
    final=True,
)
ACCOUNT_LOCKED = Kind(
    name="account_locked",
    version=1,
    promise="After too many wrong passwords or codes in a row nobody signs in with a password until then.",
    fields=("person", "failures", "until"),
    final=True,
)
ACCOUNT_UNLOCKED = Kind(
    name="account_unlocked",
    version=1,
    promise="Somebody unlocked the account before its time.",
    fields=("person", "reason"),
    final=True,
)
DEVICES_REMOVED = Kind(
    name="devices_removed",
    version=1,
    promise="Somebody else took away every second step and the password: nobody signs in until the new link is used.",
    fields=("person", "reason", "removed"),
    final=True,
)
ACCOUNT_LEFT = Kind(
    name="account_left",
    version=1,
    promise="The person acts in this house no more; what they had taken is free again.",
    fields=("person", "reason"),
)
GLASS_BROKEN = Kind(
    name="glass_broken",
    version=1,
    promise="Somebody took a clearance for themselves until then; oversight reviews it.",
    fields=("glass", "label", "until", "reason"),
    final=True,
    reviewed=True,
)
GLASS_MENDED = Kind(
    name="glass_mended",
    version=1,
    promise="Somebody gave a clearance back that they had taken for themselves.",
    fields=("glass", "label"),
    final=True,
)
GLASS_REVIEWED = Kind(
    name="glass_reviewed",
    version=1,
    promise="Oversight looked at a broken glass, and says what it found.",
    fields=("glass", "person", "finding", "words"),
    final=True,
)
SAMPLE_DRAWN = Kind(
    name="sample_drawn",
    version=1,
    promise="The week's random sample for oversight was drawn; whoever knows the seed can draw it again.",
    fields=("week", "population", "size", "seed"),
    final=True,
)
ENTRY_REVIEWED = Kind(
    name="entry_reviewed",
    version=1,
    promise="Oversight looked at one event of a sample, and says what it found.",
    fields=("week", "event", "finding", "words"),
    final=True,
)
SAMPLE_SIGNED = Kind(
    name="sample_signed",
    version=1,
    promise="Oversight reviewed every event of the week's sample and signs it off; nothing of it changes any more.",
    fields=("week", "questions", "words"),
    final=True,
)
OVERSIGHT_ANSWERED = Kind(
    name="oversight_answered",
    version=1,
    promise="Whoever manages the house answered what oversight asked.",
    fields=("about", "answer"),
    final=True,
)
KINDS = (
    ACCOUNT_MADE,
    TRAINING_RECORDED,
    KEY_SET,
    ORGANISATION_MADE,
    MAIL_SET,
    CLEARANCE_GIVEN,
    CLEARANCE_ENDED,
    TOKEN_MADE,
    TOKEN_REVOKED,
    KEYS_CHOSEN,
    ACCOUNT_INVITED,
    SIGN_IN_SET,
    PASSWORD_CHANGED,
    AUTHENTICATOR_ADDED,
    AUTHENTICATOR_REMOVED,
    RECOVERY_CODES_MADE,
    RECOVERY_CODE_USED,
    ACCOUNT_LOCKED,
    ACCOUNT_UNLOCKED,
    DEVICES_REMOVED,
    ACCOUNT_LEFT,
    GLASS_BROKEN,
    GLASS_MENDED,
    GLASS_REVIEWED,
    SAMPLE_DRAWN,
    ENTRY_REVIEWED,
    SAMPLE_SIGNED,
    OVERSIGHT_ANSWERED,
)
