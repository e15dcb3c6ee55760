"""Signing in with allauth: no sign-up, no e-mail, fields that say what they are."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by `maillon user add`, never by a visitor."""

    error_messages = {  # noqa: RUF012  (allauth's own name and shape)
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This name and password do not go together."),
        "too_many_login_attempts": _("Too many attempts; wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


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
