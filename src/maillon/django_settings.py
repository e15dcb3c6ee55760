"""Django as Maillon uses it: what the environment leaves open comes from `maillon.settings`."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from maillon.settings import load

HERE = Path(__file__).parent
MAILLON = load(os.environ)


def database(url: str) -> dict[str, Any]:
    """A PostgreSQL address as Django's entry for it; its query holds libpq's own options."""
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


# `default` is the program, which owns nothing; `owner` migrates, and makes the tests' database.
DATABASES = {"default": database(MAILLON.program_url)}
if MAILLON.owner_url:
    DATABASES["owner"] = database(MAILLON.owner_url)
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
PROGRAM_ROLE = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "maillon.outbox",
    "maillon.access",
    "maillon.directory",
    "maillon.items",
    "maillon.observation",
    "maillon.partners",
    "maillon.hotline.intake",
    "maillon.hotline.analysis",
    "maillon.hotline.referral",
    "maillon.authority.inbox",
    "maillon.flow",
    "maillon.insight",
    "maillon.web",
]
# TEMPORARY, until every room stands: remove this line and the condition on AUTH_USER_MODEL.
ROOMS = [room for room in ROOMS if (HERE.parent / room.replace(".", "/") / "apps.py").exists()]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    *ROOMS,
]
if "maillon.access" in ROOMS:
    AUTH_USER_MODEL = "access.Login"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "maillon.web.urls"
WSGI_APPLICATION = "maillon.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [HERE / "languages"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

SECRET_KEY = MAILLON.secret_key()
ALLOWED_HOSTS = list(MAILLON.hosts)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MAILLON.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Maillon sends no mail; nothing leaves through this door by accident.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

STATIC_URL = "/static/"
STATIC_ROOT = MAILLON.home / "static"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
