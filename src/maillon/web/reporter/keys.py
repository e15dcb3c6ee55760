"""The keys behind receipts, from the installation's secret key, once."""

from django.conf import settings

from maillon.hotline.intake.receipts import receipt_keys

KEYS = receipt_keys(settings.SECRET_KEY)
