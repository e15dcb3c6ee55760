"""The forms of the second step: labelled, counted, each code taken once in whichever process it arrives."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from maillon.access import events
from maillon.access.locking import tried
from maillon.access.queries import find_actor
from maillon.outbox.acting import acting
from maillon.outbox.record import NewEvent, record
from maillon.web.guard import CLOCK

KEPT = 3
"""Codes that an app shows within the time in which one is accepted: now, just before and just after."""

BAD_CREDENTIAL = (AttributeError, KeyError, TypeError, ValueError)
"""What allauth and fido2 raise on what is no credential at all."""


def described(field: forms.Field, label: Any) -> None:
    """The field with a label of ours, in place of a placeholder."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)


class Counted:
    """A code of an app or a recovery code. Wrong ones count, and a locked account answers as a wrong code does."""

    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        described(field, _("Code of your app, or a recovery code"))
        field.widget.attrs.update(inputmode="numeric", autofocus=True)

    def clean_code(self) -> str:
        at, wrong = CLOCK.now(), get_adapter().validation_error("incorrect_code")
        if not tried(login=self.user, right=True, at=at):
            raise wrong  # before a recovery code would be spent
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            right = self._new(code)
        except (ValidationError, InvalidToken) as error:
            tried(login=self.user, right=False, at=at)
            raise error if isinstance(error, ValidationError) else wrong from error
        if not tried(login=self.user, right=right, at=at):
            raise wrong
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            self._note()
        return code

    def _new(self, code: str) -> bool:
        """Whether an app's code was not used before; from now on it was. Allauth remembers within one process only."""
        if self.authenticator.type != Authenticator.Type.TOTP:
            return True
        digits = "".join(c for c in code if c.isdigit())
        with transaction.atomic():
            kept = Authenticator.objects.select_for_update().get(pk=self.authenticator.pk)
            used = kept.data.get("used", [])
            kept.data["used"] = [digits, *used][:KEPT]
            kept.save(update_fields=["data"])
        return digits not in used

    def _note(self) -> None:
        person = find_actor(house=self.user.house, name=self.user.person)
        at, body = CLOCK.now(), {"person": person.name}
        with acting(person):
            record([NewEvent(kind=events.RECOVERY_CODE_USED, item=None, body=body, happened_at=at)], by=person, at=at)


class CodeForm(Counted, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class CodeAgainForm(Counted, ReauthenticateForm):  # type: ignore[misc]
    """The same before second steps are changed."""


class PasswordAgainForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password again, for whoever has no second step yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        described(self.fields["password"], _("Password"))


class PasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The password so far, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": _("Password so far"), "password1": _("New password"), "password2": _("Once more")}
        for name, label in labels.items():
            described(self.fields[name], label)
            self.fields[name].help_text = ""

    def clean_oldpassword(self) -> str:
        given: str = self.cleaned_data["oldpassword"]
        if not tried(login=self.user, right=self.user.check_password(given), at=CLOCK.now()):
            raise get_account_adapter().validation_error("incorrect_password")
        return given


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app. Its secret waits for it in the session, encrypted as it is kept afterwards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        shown = session.pop(SECRET_SESSION_KEY, None)
        super().__init__(*args, **kwargs)
        if self.is_bound and shown:
            self.secret = get_adapter().decrypt(shown)
        session[SECRET_SESSION_KEY] = get_adapter().encrypt(self.secret)
        described(self.fields["code"], _("The code that your app shows now"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Every one may stand for name, password and second step together, so it is never less."""

    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 60
        described(self.fields["name"], _("What you call it"))

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except BAD_CREDENTIAL as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class Shown:
    """A passkey that was shown."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except BAD_CREDENTIAL as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySecondForm(Shown, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """After the password."""


class PasskeyAloneForm(Shown, LoginWebAuthnForm):  # type: ignore[misc]
    """In place of name and password."""


class PasskeyAgainForm(Shown, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before second steps are changed."""
