"""The page behind an invitation: whoever holds the link chooses a password, and is led to set up a second step."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from maillon.access.invitations import BadInvitation, invitation_key, invited, take_up
from maillon.access.models import Login
from maillon.kernel.errors import BadInput
from maillon.web.guard import CLOCK
from maillon.web.refusals import refusal


class ChosenPassword(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice, by the rules of AUTH_PASSWORD_VALIDATORS."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label, self.fields["new_password1"].help_text = _("Password"), ""
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = _("Once more"), ""


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables("text", "form")
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """Looking at the link uses nothing up; sending a password does."""
    key, at = invitation_key(settings.SECRET_KEY), CLOCK.now()
    try:
        who = invited(text=text, key=key, at=at)
        form = ChosenPassword(Login(username=who.person), request.POST or None)
        if request.method == "POST" and form.is_valid():
            login = take_up(text=text, password=form.cleaned_data["new_password1"], key=key, at=at)
            get_adapter(request).login(request, login)
            record_authentication(request, login, method="password", reauthenticated=True)
            return redirect("mfa_index")
    except BadInvitation:
        return render(request, "account/invitation_over.html", status=404)
    except BadInput as error:
        return render(request, "409.html", {"refusal": refusal(error)}, status=409)
    return render(request, "account/invitation.html", {"form": form, "who": who}, status=422 if form.errors else 200)
