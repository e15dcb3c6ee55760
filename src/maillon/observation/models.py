"""Network work on items, and the dated locations it found."""

from django.db import models


class Lookup(models.Model):
    """One location to be found. Claimed in batches; a claim is lost with its database connection (pid, start)."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    state = models.TextField(default="waiting")
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True)
    claimed_since = models.DateTimeField(null=True)
    cause = models.UUIDField(null=True)
    why = models.TextField(db_default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "item_id"], name="lookup_one_open", condition=~models.Q(state="done")
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at__isnull=True)),
                name="lookup_done_at",
            ),
        ]
        indexes = [
            models.Index(fields=["house", "due_at"], name="lookup_open", condition=~models.Q(state="done")),
            models.Index(fields=["house", "item_id", "done_at"], name="lookup_item"),
        ]


class Location(models.Model):
    """Where an item was, as seen on one day by the sources or as stated by a person. Never changed.

    `seen` lists what every source said of every address; `chain` the names the resolver passed through; `hops` where
    each address stands that a fetch was led through. `confidence` is `low` where a source spoke from data older than
    the rule allows. `origin` is the address behind a delivery network, as a person or the network told it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    observed_at = models.DateTimeField()
    country = models.TextField()
    reason = models.TextField()
    method = models.TextField()
    stated_by = models.TextField(default="")
    statement = models.TextField(default="")
    asns = models.JSONField(default=list)
    seen = models.JSONField(default=list)
    chain = models.JSONField(default=list)
    hops = models.JSONField(db_default=[])
    confidence = models.TextField(db_default="")
    origin = models.TextField(db_default="")

    class Meta:
        indexes = [models.Index(fields=["house", "item_id", "observed_at"], name="location_item")]


class ContactLookup(models.Model):
    """Whom to write to about abuse at the address of an item, as registration data (RDAP) say; claimed like a lookup.

    `found_by` is `address`, `network` or `registrar`, whichever named a mailbox first; `tried` lists every question put
    and what came of it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    state = models.TextField(default="waiting")
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True)
    claimed_since = models.DateTimeField(null=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    address = models.TextField(default="")
    found_by = models.TextField(default="")
    mail = models.TextField(default="")
    name = models.TextField(default="")
    handle = models.TextField(default="")
    tried = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "item_id"], name="contactlookup_one_open", condition=~models.Q(state="done")
            )
        ]
        indexes = [
            models.Index(fields=["house", "due_at"], name="contactlookup_open", condition=~models.Q(state="done")),
            models.Index(fields=["house", "item_id", "asked_at"], name="contactlookup_item"),
        ]


class Fetch(models.Model):
    """One fetch of an item's content that somebody asked for, with their purpose; claimed like a lookup.

    `referrer` is the page that the server is told to have led there, or "": some show something else without it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    state = models.TextField(default="waiting")
    purpose = models.TextField()
    referrer = models.TextField(db_default="")
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True)
    claimed_since = models.DateTimeField(null=True)
    cause = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    capture_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "item_id"], name="fetch_one_open", condition=~models.Q(state="done")
            )
        ]
        indexes = [
            models.Index(fields=["house", "due_at"], name="fetch_open", condition=~models.Q(state="done")),
        ]


class KnownMatch(models.Model):
    """One entry of a bank of known content that a medium matched when it was fetched; a reason to look, no decision.

    `entry` is its number in the bank, `quality` that of the bank's hash, if known. `clear`: by an exact hash, or one
    with detail enough to tell pictures apart. Of a video so many `frames` matched, the nearest at `second`.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    capture_id = models.UUIDField()
    medium_id = models.UUIDField()
    type = models.TextField()
    distance = models.SmallIntegerField()
    bank = models.TextField()
    entry = models.BigIntegerField()
    quality = models.SmallIntegerField(null=True)
    clear = models.BooleanField()
    frames = models.IntegerField(default=0)
    second = models.FloatField(null=True)
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["house", "capture_id"], name="knownmatch_capture")]
        constraints = [
            models.UniqueConstraint(fields=["house", "medium_id", "type", "bank", "entry"], name="knownmatch_once")
        ]
