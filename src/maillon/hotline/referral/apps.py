from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "maillon.hotline.referral"
    label = "referral"
