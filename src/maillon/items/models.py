"""Sites and the items on them: what is spoken about."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import MD5, Cast


class Site(models.Model):
    """Something that groups items: a host, a named service, an onion host. Hosting figures count sites.

    `shared_with` are the organisations with which one of its items is shared.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    kind = models.TextField()
    name = models.TextField()
    shared_with = ArrayField(models.TextField(), db_default=[])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "kind", "name"], name="site_name")]


class Item(models.Model):
    """One location on the network. `key` is its canonical identity (`items.addresses`).

    `verdict` is the outcome last settled and stands until another replaces it, whatever the state; `country` is
    where it was last located. `reported_at` is when the report that made it was received (`reported_on`: that day in
    Brussels); `former` tells that a former record settled it. A copy of another house's item was made by no report
    and carries that house's reference in `origin_ref`. `demands` are the clearances without which nobody is shown it:
    row security hides the row from every transaction whose actor does not hold them all. `shared_with` are the
    organisations that see it although they see only what is theirs (`access.walls`). `page` is the same for
    locations that differ in query and fragment only (a digest, since an index takes no long text).
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    key = models.BinaryField()
    kind = models.TextField()
    site_id = models.UUIDField()
    url = models.TextField()
    canonical = models.TextField()
    state = models.TextField(default="open")
    verdict = models.TextField(default="")
    settled_at = models.DateTimeField(null=True)
    country = models.TextField(default="")
    located_at = models.DateTimeField(null=True)
    first_located_at = models.DateTimeField(null=True)
    former = models.BooleanField(default=False)
    reported_at = models.DateTimeField(null=True)
    reported_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    origin = models.TextField(default="")
    origin_ref = models.TextField(default="")
    demands = ArrayField(models.TextField(), db_default=[])
    shared_with = ArrayField(models.TextField(), db_default=[])
    page = models.GeneratedField(
        expression=Cast(
            MD5(
                Func(
                    Func(F("canonical"), Value("#"), Value(1), function="split_part"),
                    Value("?"),
                    Value(1),
                    function="split_part",
                )
            ),
            models.UUIDField(),
        ),
        output_field=models.UUIDField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "key"], name="item_key"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", "illegal", "not_illegal"]), name="item_verdict_known"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", settled_at__isnull=True)
                | (~models.Q(verdict="") & models.Q(settled_at__isnull=False)),
                name="item_verdict_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(country="", located_at__isnull=True)
                | (~models.Q(country="") & models.Q(located_at__isnull=False)),
                name="item_country_dated",
            ),
        ]
        indexes = [
            models.Index(  # with `demands`, which row security reads: figures touch nothing but this index
                fields=["house", "verdict", "reported_on"],
                name="item_figures",
                include=["site_id", "country", "demands"],
            ),
            models.Index(fields=["house", "site_id", "settled_at"], name="item_site"),
            models.Index(fields=["house", "page", "id"], name="item_page"),
        ]


class Demand(models.Model):
    """An item demands a clearance from one moment until another, on a person's word and for a reason."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    label = models.TextField()
    reason = models.TextField()
    demanded_by = models.TextField()
    demanded_at = models.DateTimeField()
    lifted_by = models.TextField(default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "item_id", "label"], name="demand_current", condition=models.Q(lifted_at__isnull=True)
            )
        ]


class Capture(models.Model):
    """What one fetch of an item received. `outcome` is `ok`, `refused` or `failed`; `reason` says why it is not `ok`.

    `hops` are the addresses passed through, in order: `url`, `referrer`, `address`, `status`, `location`, `tls`, `at`.
    `needs_scripts`: the page shows its content by scripts, which were not run, so that it is not empty but unseen.
    `object_id` is the page's WARC in the vault; empty where nothing came, or since it was purged.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    purpose = models.TextField()
    asked_by = models.TextField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.TextField()
    reason = models.TextField(default="")
    status = models.SmallIntegerField(null=True)
    mime = models.TextField(default="")
    hops = models.JSONField(default=list)
    size = models.BigIntegerField(default=0)
    sha256 = models.BinaryField(null=True)
    text_length = models.IntegerField(default=0)
    needs_scripts = models.BooleanField(default=False)
    named = models.IntegerField(default=0)
    object_id = models.UUIDField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["ok", "refused", "failed"]), name="capture_outcome_known"
            )
        ]
        indexes = [models.Index(fields=["house", "item_id", "began_at"], name="capture_item")]


class Medium(models.Model):
    """One image or video that a capture received, with its hashes. What could not be had says why in `reason`.

    `outcome` is `ok`, `refused`, `failed` or `undecodable` (received and kept, but no picture). Digests are bytes;
    `pdq` has 32; `vpdq` lists `[second, quality, hash in hex]` of a video's frames.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    capture_id = models.UUIDField()
    position = models.IntegerField()
    kind = models.TextField()
    url = models.TextField()
    outcome = models.TextField()
    reason = models.TextField(default="")
    mime = models.TextField(default="")
    hops = models.JSONField(default=list)
    size = models.BigIntegerField(default=0)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    seconds = models.FloatField(null=True)
    frames = models.IntegerField(null=True)
    md5 = models.BinaryField(null=True)
    sha1 = models.BinaryField(null=True)
    sha256 = models.BinaryField(null=True)
    pdq = models.BinaryField(null=True)
    pdq_quality = models.SmallIntegerField(null=True)
    vpdq = models.JSONField(default=list)
    object_id = models.UUIDField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "capture_id", "position"], name="medium_position"),
            models.CheckConstraint(condition=models.Q(kind__in=["image", "video"]), name="medium_kind_known"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["ok", "refused", "failed", "undecodable"]), name="medium_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["house", "item_id"], name="medium_item"),
            models.Index(fields=["house", "sha256"], name="medium_sha256"),
        ]
