"""The addresses of signing in, and of what one signs in with. Allauth's others (sign-up, mail) are not there."""

from allauth.account.views import ReauthenticateView, logout
from allauth.mfa.base.views import ReauthenticateView as CodeAgain
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.urls import URLPattern, path

from maillon.web.guard import open_to_all
from maillon.web.signin import views
from maillon.web.signin.invited import invitation
from maillon.web.signin.views import own

SIGN_IN: list[URLPattern] = [
    path("sign-in/", open_to_all(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", open_to_all(views.SecondStep.as_view()), name="mfa_authenticate"),
    path("sign-in/passkey/", open_to_all(LoginWebAuthnView.as_view()), name="mfa_login_webauthn"),
    path("sign-in/again/", own(ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("sign-in/again/code/", own(CodeAgain.as_view()), name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", own(ReauthenticateWebAuthnView.as_view()), name="mfa_reauthenticate_webauthn"),
    path("sign-in/invitation/<str:text>/", open_to_all(invitation), name="invitation"),
    path("sign-out/", open_to_all(logout), name="account_logout"),
    path("account/", own(views.Account.as_view()), name="mfa_index"),
    path("account/password/", own(views.Password.as_view()), name="account_change_password"),
    path("account/app/", own(views.AddApp.as_view()), name="mfa_activate_totp"),
    path("account/app/remove/", own(views.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("account/passkeys/add/", own(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", own(views.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
    path("account/codes/", own(views.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("account/codes/new/", own(views.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
]
