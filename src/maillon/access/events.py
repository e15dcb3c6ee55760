"""What may be recorded about accounts."""

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
KINDS = (ACCOUNT_MADE, TRAINING_RECORDED, KEY_SET)
