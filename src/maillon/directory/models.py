"""Reference data without a house (listed in `outbox/houseless.py`)."""

from django.db import models


class Provider(models.Model):
    """Where a provider, known by its autonomous system number, is established in [valid_from, valid_until).

    The database holds that no number has two countries on one day (`directory_provider_one_at_a_time`).
    """

    pk = models.CompositePrimaryKey("asn", "valid_from")
    asn = models.BigIntegerField()
    name = models.TextField()
    country = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.TextField()
    basis = models.TextField()

    class Meta:
        db_table = "directory_provider"
        constraints = (
            models.CheckConstraint(name="directory_provider_asn", condition=models.Q(asn__range=(0, 2**32 - 1))),
            models.CheckConstraint(name="directory_provider_country", condition=models.Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(name="directory_provider_basis", condition=models.Q(basis__in=("read", "assumed"))),
            models.CheckConstraint(
                name="directory_provider_days",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
            models.CheckConstraint(name="directory_provider_source", condition=~models.Q(source="")),
        )

    def __str__(self) -> str:
        return f"AS{self.asn} {self.name} ({self.country})"
