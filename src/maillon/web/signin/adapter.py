"""Signing in with allauth: no sign-up, no e-mail, fields that say what they are, tries that are counted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maillon.access.devices import signs_in_well
from maillon.access.locking import signed_in, tried
from maillon.access.models import Login
from maillon.web.guard import CLOCK
from maillon.web.reporter.address import source_of


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Names and passwords. Each try is counted; a locked or ended account answers as a wrong password does."""

    def _check_password(self, user: Login | None, password: str) -> Login | None:
        if user is None:
            return None
        self._did_check_password = True  # allauth hashes once for a name that there is not; here it was done
        right = user.check_password(password) and self.user_can_authenticate(user)
        return user if tried(login=user, right=right, at=CLOCK.now()) else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation, never by a visitor."""

    error_messages = {  # noqa: RUF012  (allauth's own name and shape)
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This name and password do not go together."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts; wait a few minutes."),
        "rate_limited": _("Too many attempts; wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **more: Any) -> None:
        """Our pages say themselves what was done; only a sentence of an error passes."""
        if more.get("message"):
            super().add_message(request, level, message=more["message"])

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network behind a request, behind our own proxies too: pace is held for each by itself."""
        meta = request.META
        forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
        return source_of(meta.get("REMOTE_ADDR", ""), forwarded, settings.MAILLON.proxies).hex()

    def get_reauthentication_methods(self, user: Login) -> list[dict[str, Any]]:
        """Whoever has a second step shows it again; their password alone changes nothing."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        second = [method for method in methods if method["id"] != "reauthenticate"]
        return second or methods

    def post_login(self, request: HttpRequest, user: Login, **more: Any) -> HttpResponse:
        """The person came in by every step: what failed before counts no more, and they are led on."""
        signed_in(login=user, at=CLOCK.now())
        response: HttpResponse = super().post_login(request, user, **more)
        return response if signs_in_well(login=user.pk) else redirect("mfa_index")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def respond_user_inactive(self, request: HttpRequest, user: Login) -> HttpResponse:
        return redirect("account_login")


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """A name and a password, labelled; no placeholders in place of labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Account")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocapitalize"] = "none"
        self.fields["login"].widget.attrs["spellcheck"] = "false"
