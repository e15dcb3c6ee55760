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
    version=1,
    promise="This house knows an organisation, and what it is in the chain.",
    fields=("organisation", "kind", "name"),
    final=True,
)
CLEARANCE_GIVEN = Kind(
    name="clearance_given",
    version=1,
    promise="A person holds this clearance between two days: what demands it is shown to them.",
    fields=("person", "label", "valid_from", "valid_until", "reason"),
    final=True,
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
    version=1,
    promise="A program of this organisation may report for it through the API until then.",
    fields=("token", "organisation", "label", "expires_at"),
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
KINDS = (
    ACCOUNT_MADE,
    TRAINING_RECORDED,
    KEY_SET,
    ORGANISATION_MADE,
    CLEARANCE_GIVEN,
    CLEARANCE_ENDED,
    TOKEN_MADE,
    TOKEN_REVOKED,
    KEYS_CHOSEN,
)
