"""Who looked at what, how far, for how long; and who let them go on."""

from django.db import models


class Reveal(models.Model):
    """One act of looking: a medium, or a page's text, at one step. `seconds` is how long it was on the screen.

    `step` counts up from 0, the small, blurred and grey one. It answers until `ends_at`, to `person` alone.
    `severity` is that of the item's last assessment then, if there was one. `seen_at` is until when `seconds` was
    measured: empty while nobody measured it, and the time until the next act counts (`looking.policy`).
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    person = models.TextField()
    item_id = models.UUIDField()
    capture_id = models.UUIDField()
    medium_id = models.UUIDField(null=True)
    kind = models.TextField()
    step = models.SmallIntegerField()
    severity = models.SmallIntegerField(null=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seconds = models.IntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    passed = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["image", "video", "text"]), name="reveal_kind_known"),
            models.CheckConstraint(
                condition=models.Q(passed__in=["", "let_on", "imminent_danger"]), name="reveal_passed_known"
            ),
        ]
        indexes = [
            models.Index(fields=["house", "person", "opened_at"], name="reveal_person"),
            models.Index(fields=["house", "item_id", "opened_at"], name="reveal_item"),
        ]


class LeaveToLook(models.Model):
    """A supervisor let a person look on past a limit of that day, until a moment, for a reason."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    person = models.TextField()
    given_by = models.TextField()
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["house", "person", "until"], name="leavetolook_person")]
