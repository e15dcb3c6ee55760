"""What may be recorded about the directory."""

from maillon.kernel.kinds import Kind

PROVIDER_STATED = Kind(
    name="provider_stated",
    version=1,
    promise="From this day on the directory answers that the provider is established in this country.",
    fields=("asn", "name", "country", "valid_from", "source", "basis"),
    final=True,
)
KINDS = (PROVIDER_STATED,)
