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
