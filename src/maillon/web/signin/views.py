"""The pages of one's own sign-in: allauth's, each change within one transaction with its event.

A change of second steps or password ends what the person has open elsewhere: a session that began with a password
alone is never lifted by what another session added.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView, PasswordChangeView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic.edit import FormView

from maillon.access import events
from maillon.access.devices import signs_in_well
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import acting
from maillon.outbox.record import NewEvent, record
from maillon.web.guard import CLOCK, View, actor_of, open_to_all, storable
from maillon.web.signin.second import SECOND, passkeys_work

HOME = reverse_lazy("mfa_index")


def own(view: View) -> View:
    """A page of one's own sign-in: open to whoever is signed in, with a password alone too; the menu is not."""

    @wraps(view)
    def page(request: Any, *args: Any, **key: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(str(HOME))
        if not storable(request):
            raise BadRequest
        request.person, request.at = actor_of(request.user), CLOCK.now()
        if signs_in_well(login=request.user.pk):
            request.actor = request.person
        return view(request, *args, **key)

    return open_to_all(page)


def changed(request: Any, change: Callable[[], HttpResponse], kind: Kind, **more: str) -> HttpResponse:
    """Let `change` happen, with its event, and end every other session of the person."""
    person, login = request.person, request.user
    with acting(person):
        response = change()
        body = {"person": person.name, **more}
        record([NewEvent(kind=kind, item=None, body=body, happened_at=request.at)], by=person, at=request.at)
        login.refresh_from_db()
        login.salt = secrets.token_hex(16)
        login.save(update_fields=["salt"])
        update_session_auth_hash(request, login)
    return response


class Here:
    """What every page here may show."""

    request: HttpRequest

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        return {**context, "passkeys": passkeys_work(self.request)}


class SignIn(Here, LoginView):  # type: ignore[misc]
    """A name and a password, or a passkey."""


class SecondStep(Here, AuthenticateView):  # type: ignore[misc]
    """A code or a passkey, after the password."""


class Account(Here, IndexView):  # type: ignore[misc]
    """What one signs in with; the only page, with those below it, for whoever has no second step yet."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        mine = Authenticator.objects.filter(user=self.request.user.pk, type__in=SECOND)
        return {**super().get_context_data(**more), "secured": mine.exists(), "person": self.request.person}  # type: ignore[attr-defined]


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class AddApp(ActivateTOTPView):  # type: ignore[misc]
    """An authenticator app; where there is one, the new one takes its place."""

    def dispatch(self, request: HttpRequest, *args: Any, **key: Any) -> HttpResponseBase:
        return FormView.dispatch(self, request, *args, **key)  # allauth's would turn a second app away

    def form_valid(self, form: Any) -> HttpResponse:
        def change() -> HttpResponse:
            Authenticator.objects.filter(user=self.request.user.pk, type=Authenticator.Type.TOTP).delete()
            response: HttpResponse = super(AddApp, self).form_valid(form)
            return response

        return changed(self.request, change, events.AUTHENTICATOR_ADDED, type="totp")


class RemoveApp(DeactivateTOTPView):  # type: ignore[misc]
    """Take the app away."""

    def form_valid(self, form: Any) -> HttpResponse:
        remove = super().form_valid
        return changed(self.request, lambda: remove(form), events.AUTHENTICATOR_REMOVED, type="totp")


class AddPasskey(Here, AddWebAuthnView):  # type: ignore[misc]
    """A passkey, that may be used without name and password from then on."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        return {**context, "options": webauthn.begin_registration(self.request.user, True)}

    def form_valid(self, form: Any) -> HttpResponse:
        add = super().form_valid
        return changed(self.request, lambda: add(form), events.AUTHENTICATOR_ADDED, type="webauthn")


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Take a passkey away."""

    success_url = HOME

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            messages.error(self.request, str(get_adapter().error_messages["cannot_delete_authenticator"]))
            return redirect(HOME)
        remove = super().form_valid
        return changed(self.request, lambda: remove(form), events.AUTHENTICATOR_REMOVED, type="webauthn")


class NewCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes in the place of the earlier ones."""

    def form_valid(self, form: Any) -> HttpResponse:
        make = super().form_valid
        return changed(self.request, lambda: make(form), events.RECOVERY_CODES_MADE)


class Codes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, the first time; afterwards how many are left."""


class Password(PasswordChangeView):  # type: ignore[misc]
    """Another password."""

    def form_valid(self, form: Any) -> HttpResponse:
        change = super().form_valid
        return changed(self.request, lambda: change(form), events.PASSWORD_CHANGED)
