"""What the police ask of the public prosecutor, what the magistrate decides, and what is done under it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Procedure(models.Model):
    """How justice, the hotline and the providers agreed to carry out one kind of measure, from a day until another."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    kind = models.TextField()
    name = models.TextField()
    parties = ArrayField(models.TextField())
    agreed_on = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.TextField()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["removal", "blocking"]), name="procedure_kind"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
                name="procedure_days",
            ),
            models.CheckConstraint(
                condition=models.Q(parties__contains=["justice", "hotline", "providers"]), name="procedure_parties"
            ),
        ]


class Request(models.Model):
    """The police ask an office of the public prosecutor for one kind of measure on one item.

    `legal_basis` is the reference of a row of `rules/tables/legal_basis.toml` on the day of the request. `document`
    is the PDF of a refusal. `recalled_at` is set while a magistrate has yet to say what becomes of a request whose
    referral the hotline called back.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    kind = models.TextField()
    office = models.TextField()
    language = models.TextField()
    reasons = models.TextField()
    legal_basis = models.TextField()
    urgent = models.BooleanField(default=False)
    severity = models.SmallIntegerField(null=True)
    state = models.TextField()
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_rule = models.TextField(default="")
    escalate_at = models.DateTimeField(null=True)
    steps = models.SmallIntegerField(default=0)
    review_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    recalled_at = models.DateTimeField(null=True)
    document = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["removal", "blocking"]), name="request_kind"),
            models.UniqueConstraint(
                fields=["house", "item_id", "kind"],
                name="request_one_open",
                condition=~models.Q(state__in=["refused", "withdrawn", "ended"]),
            ),
        ]
        indexes = [
            models.Index(fields=["house", "office", "state", "due_at"], name="request_state"),
            models.Index(
                fields=["house", "escalate_at"], name="request_escalate", condition=models.Q(escalate_at__isnull=False)
            ),
            models.Index(
                fields=["house", "review_at"], name="request_review", condition=models.Q(review_at__isnull=False)
            ),
        ]


class Order(models.Model):
    """The public prosecutor's: given by telephone (`form` verbal) and noted by the police, or in writing.

    In force while its state is `provisional` (by telephone, not confirmed yet) or `in_force`, and `until` lies ahead.
    `words` are the magistrate's own; `document` is the PDF of a written one, `ended_document` of its lifting.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    request_id = models.UUIDField()
    item_id = models.UUIDField()
    kind = models.TextField()
    form = models.TextField()
    state = models.TextField()
    number = models.TextField()
    office = models.TextField()
    magistrate = models.TextField()
    language = models.TextField()
    words = models.TextField()
    legal_basis = models.TextField()
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    confirm_by = models.DateTimeField(null=True)
    confirm_rule = models.TextField(default="")
    confirmed_at = models.DateTimeField(null=True)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")
    ended_why = models.TextField(default="")
    document = models.BinaryField(null=True)
    ended_document = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["removal", "blocking"]), name="order_kind"),
            models.CheckConstraint(condition=models.Q(form__in=["verbal", "written"]), name="order_form"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("given_at")), name="order_until"),
            models.CheckConstraint(
                condition=~models.Q(state="provisional") | models.Q(form="verbal", confirm_by__isnull=False),
                name="order_provisional",
            ),
            models.UniqueConstraint(fields=["house", "number"], name="order_number"),
            models.UniqueConstraint(
                fields=["house", "item_id", "kind"],
                name="order_one_in_force",
                condition=models.Q(state__in=["provisional", "in_force"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["house", "until"],
                name="order_until_due",
                condition=models.Q(state__in=["provisional", "in_force"]),
            ),
            models.Index(fields=["house", "request_id"], name="order_request"),
        ]


class Extension(models.Model):
    """An order was put off: in force until `until` where it was `before`, with the magistrate's words and the PDF."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    order_id = models.UUIDField()
    item_id = models.UUIDField()
    words = models.TextField()
    before = models.DateTimeField()
    until = models.DateTimeField()
    given_by = models.TextField()
    given_at = models.DateTimeField()
    document = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(until__gt=models.F("before")), name="extension_until")]
        indexes = [models.Index(fields=["house", "order_id", "given_at"], name="extension_order")]


class Hold(models.Model):
    """The magistrate leaves the item online until a review, for the investigation; notices abroad wait too."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    request_id = models.UUIDField()
    item_id = models.UUIDField()
    state = models.TextField()
    magistrate = models.TextField()
    words = models.TextField()
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("given_at")), name="hold_until"),
            models.UniqueConstraint(
                fields=["house", "item_id"], name="hold_one_running", condition=models.Q(state="running")
            ),
        ]


class Measure(models.Model):
    """What one provider is asked to do under an order and a procedure, both in force when it is recorded.

    The database refuses any other (trigger `decision_measure_founded`). `under_since`: since when it stands under this
    order (a written order takes over the measures of the one by telephone that it replaces). `message_id` is the last
    message that told the provider about it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    order_id = models.UUIDField()
    procedure_id = models.UUIDField()
    item_id = models.UUIDField()
    kind = models.TextField()
    partner = models.TextField()
    state = models.TextField()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_rule = models.TextField(default="")
    escalate_at = models.DateTimeField(null=True)
    steps = models.SmallIntegerField(default=0)
    message_id = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    under_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(under_since__gte=models.F("recorded_at")), name="measure_under_since"
            ),
            models.UniqueConstraint(
                fields=["house", "order_id", "partner"],
                name="measure_once",
                condition=~models.Q(state__in=["refused", "ended"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["house", "escalate_at"], name="measure_escalate", condition=models.Q(escalate_at__isnull=False)
            )
        ]
