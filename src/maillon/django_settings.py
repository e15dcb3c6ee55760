"""Django as Maillon uses it: what the environment leaves open comes from `maillon.settings`."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from maillon.languages import LANGUAGES as SPOKEN
from maillon.settings import load

HERE = Path(__file__).parent
MAILLON = load(os.environ)


def database(url: str) -> dict[str, Any]:
    """A PostgreSQL address as Django's entry for it; its query holds libpq's own options."""
    parts = urlsplit(url)
    # The server plans a statement once and keeps it: most of ours run again and again.
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 5, **dict(parse_qsl(parts.query))}
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
    "maillon.evidence",
    "maillon.items",
    "maillon.observation",
    "maillon.looking",
    "maillon.partners",
    "maillon.hotline.intake",
    "maillon.hotline.analysis",
    "maillon.hotline.referral",
    "maillon.authority.inbox",
    "maillon.authority.decision",
    "maillon.flow",
    "maillon.web",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *ROOMS,  # before allauth, whose templates `maillon.web` replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
AUTH_USER_MODEL = "access.Login"

MIDDLEWARE = [
    "maillon.web.headers.headers",
    "django.middleware.security.SecurityMiddleware",
    "maillon.web.reporter.door.door",  # the public pages, which pass none of what follows
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "maillon.urls"
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
                "maillon.web.context.page",
            ]
        },
    }
]

LANGUAGE_CODE = SPOKEN[0].code
LANGUAGES = [(language.code, language.name) for language in SPOKEN]
LANGUAGE_COOKIE_SAMESITE = "Strict"
LOCALE_PATHS = [HERE / "languages"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

SECRET_KEY = MAILLON.secret_key()
ALLOWED_HOSTS = list(MAILLON.hosts)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = MAILLON.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day; closing the browser ends it too
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["maillon.web.signin.adapter.Backend"]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "maillon.web.signin.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "maillon.web.signin.adapter.LoginForm",
    "reauthenticate": "maillon.web.signin.forms.PasswordAgainForm",
    "change_password": "maillon.web.signin.forms.PasswordForm",
}
# Each account counts its own failures (access/locking.py); what is held here is the pace of one network.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "maillon.web.signin.second.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: clocks of telephones differ
MFA_FORMS = {
    "authenticate": "maillon.web.signin.forms.CodeForm",
    "reauthenticate": "maillon.web.signin.forms.CodeAgainForm",
    "activate_totp": "maillon.web.signin.forms.AppForm",
    "add_webauthn": "maillon.web.signin.forms.PasskeyForm",
    "authenticate_webauthn": "maillon.web.signin.forms.PasskeySecondForm",
    "login_webauthn": "maillon.web.signin.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "maillon.web.signin.forms.PasskeyAgainForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Maillon sends no mail; nothing leaves through this door by accident.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

STATIC_URL = "/static/"
STATIC_ROOT = MAILLON.home / "static"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "maillon.web.logs.Discreet"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["discreet"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
